import type { Peers } from '../wire/push.ts'
import { openLegend } from './legend.ts'
import { openRxdb } from './rxdb.ts'
import { openTanstack } from './tanstack.ts'

/** Each in memory, with a user, a trip and a table of its own, configured as its documentation says. */
export const peers: Peers = {
  'RxDB, Supabase plugin': openRxdb,
  'Legend-State, Supabase plugin': openLegend,
  'TanStack offline-transactions': openTanstack,
}
