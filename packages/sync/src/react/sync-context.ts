import { createContext, createElement, useContext, type ReactNode } from 'react'
import type { LogEntry, LogPage, LogSubject } from '../core/change-log.ts'
import { SyncError } from '../core/errors.ts'
import type { Stay } from '../engine/entered-scopes.ts'
import type { EntityStatus, PendingChange } from '../engine/entity-status.ts'
import type { Resolution } from '../core/types.ts'

/** What the hooks need of a `Sync`, which `createSync` gives. */
export interface SyncForReact {
  readonly entityStatus: (collection: string, id: string) => EntityStatus
  readonly pendingChanges: () => readonly PendingChange[]
  readonly changeLog: (subject: LogSubject, before?: number | null) => Promise<LogPage>
  readonly deviceLog: (subject: LogSubject) => readonly LogEntry[]
  readonly history: () => readonly Resolution[]
  readonly undo: () => Promise<boolean>
  readonly redo: () => Promise<boolean>
  readonly enter: (scope: string, where?: string | null) => Stay
}

const Context = createContext<SyncForReact | null>(null)

interface SyncProviderProps {
  readonly sync: SyncForReact
  readonly children?: ReactNode
}

/**
 * Gives the hooks below it their sync. It stands within the `Provider` of the store.
 *
 * @example
 * <Provider store={store}>
 *   <SyncProvider sync={sync}>
 *     <App />
 *   </SyncProvider>
 * </Provider>
 */
export function SyncProvider({ sync, children }: SyncProviderProps): ReactNode {
  return createElement(Context.Provider, { value: sync }, children)
}

/** @throws {SyncError} `bad-configuration` outside of a SyncProvider */
export function useSyncParts(): SyncForReact {
  const sync = useContext(Context)
  if (sync === null) throw new SyncError('bad-configuration', 'This component is not within a SyncProvider: put one around the app.')
  return sync
}
