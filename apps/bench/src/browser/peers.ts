import type { LibraryName } from './page/main.ts'

/**
 * Who stands beside ours, as a user of them would take them; `keepsRows`: they are on the device after a start. Not installed, and so
 * left out: redux-persist, redux-offline, PouchDB, TinyBase.
 */
export const peers: readonly { readonly library: LibraryName; readonly name: string; readonly keepsRows: boolean }[] = [
  { library: 'rxdb', name: 'RxDB, Dexie storage', keepsRows: true },
  { library: 'legend', name: 'Legend-State, IndexedDB and its queue', keepsRows: true },
  { library: 'tanstack', name: 'TanStack offline-transactions, which keep no rows', keepsRows: false },
]
