import type { PostgrestSingleResponse, SupabaseClient } from '@supabase/supabase-js'
import type { LogEntry, LogPage, LogSubject } from '../core/change-log.ts'
import { classify } from '../core/failure.ts'
import type { Json } from '../core/json.ts'
import { TransportError } from '../engine/ports.ts'
import type { Tables } from './tables.ts'

type WireFields = Readonly<Record<string, Json>>

interface WireEntry {
  readonly op_id: string
  readonly user: string
  readonly device: string | null
  readonly collection: string
  readonly kind: LogEntry['kind']
  readonly id: string
  readonly patch: WireFields | null
  readonly base: WireFields | null
  readonly edited_at: string
}

interface WireHistory {
  readonly entries: readonly WireEntry[]
  readonly before: number | null
}

/** Asks the server who did what. Entries of tables that the app does not know are left out. */
export function supabaseLog(supabase: SupabaseClient, tables: Tables): (subject: LogSubject, before: number | null) => Promise<LogPage> {
  return async (subject, before) => {
    const about = 'scope' in subject ? { scope: subject.scope } : { collection: tables.tableOf(subject.collection).table, id: subject.id }
    const name = 'scope' in subject ? 'sync_scope_history' : 'sync_history'
    const response: PostgrestSingleResponse<unknown> = await supabase.rpc(name, { ...about, ...(before !== null && { before }) })
    const { data, error, status } = response
    if (error !== null) {
      const code = error.code || String(status)
      throw new TransportError(`The history could not be fetched: ${error.message}`, { kind: classify({ status, code }), code, status, cause: error })
    }
    const page = data as WireHistory
    return { entries: page.entries.flatMap((entry) => fromWire(entry, tables)), before: page.before }
  }
}

function fromWire({ op_id, user, device, collection, kind, id, patch, base, edited_at }: WireEntry, tables: Tables): LogEntry[] {
  const table = tables.collectionOf(collection)
  if (table === undefined) return []
  const fields = (columns: WireFields | null) => columns && Object.fromEntries(Object.entries(columns).map(([column, value]) => [tables.field(table, column), value]))
  return [{ entryId: op_id, collection: table.collection, id, kind, user, device, time: Date.parse(edited_at), patch: fields(patch), baseValues: fields(base), status: 'done' }]
}
