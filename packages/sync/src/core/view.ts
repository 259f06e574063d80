import type { Fields } from './json.ts'
import type { Change, Row } from './types.ts'

/**
 * The one idea: what is seen is the server's row with the pending changes laid over it, oldest first.
 * `null`: there is nothing to see. An update of a row that is gone shows nothing; its push decides what becomes of it [CO1].
 */
export function overlay(row: Row | undefined, changes: readonly Pick<Change, 'kind' | 'patch'>[]): Fields | null {
  let fields: Fields | null = row?.fields ?? null
  for (const { kind, patch } of changes) {
    if (kind === 'delete') fields = null
    else if (kind === 'create') fields = { ...fields, ...patch }
    else if (fields !== null) fields = { ...fields, ...patch }
  }
  return fields
}
