import { decodeEntity, encodeEntity } from '../core/codec.ts'
import { diffFields } from '../core/diff.ts'
import type { Fields } from '../core/json.ts'
import type { EntityEdit } from '../engine/change-tracker.ts'
import type { EntityView } from '../engine/engine.ts'

/** An entity in the store. */
export interface Entity {
  readonly id: string
}

/** Entities by id. */
export type Entities = Readonly<Record<string, Entity>>

/** The rows to show in one slice. */
export interface SliceRows {
  readonly upserts: readonly Entity[]
  readonly removes: readonly string[]
}

/** How one synced slice is read and written. `ids`, where the slice keeps one, tells at a glance that none came or went. */
export interface SliceAccess {
  readonly collection: string
  readonly read: (slice: unknown) => { readonly entities: Entities; readonly ids?: readonly string[] }
  readonly write: (slice: unknown, rows: SliceRows) => unknown
}

/**
 * What an action did to a slice. While the list of ids is the same object, walking it beats walking the keys (ten times at
 * 10,000 entities), and an entity that was not touched is the same object.
 */
export function editsOf({ collection, read }: SliceAccess, before: unknown, after: unknown): EntityEdit[] {
  if (before === after) return []
  const old = read(before)
  const now = read(after)
  if (old.entities === now.entities) return []
  const edits: EntityEdit[] = []
  const compare = (id: string) => {
    const was = old.entities[id]
    const is = now.entities[id]
    if (was !== is) edits.push({ collection, id, before: was, after: is })
  }
  if (old.ids !== undefined && old.ids === now.ids) for (const id of old.ids) compare(id)
  else {
    for (const id of Object.keys(now.entities)) compare(id)
    for (const id of Object.keys(old.entities)) if (!Object.hasOwn(now.entities, id)) compare(id)
  }
  return edits
}

/** The rows that differ from what the slice shows: an entity whose values are the same keeps its identity and renders nothing. */
export function rowsToShow(access: SliceAccess, slice: unknown, views: readonly EntityView[]): SliceRows | null {
  const { entities } = access.read(slice)
  const upserts: Entity[] = []
  const removes: string[] = []
  for (const { id, fields } of views) {
    const shown = Object.hasOwn(entities, id) ? entities[id] : undefined
    if (fields === null) {
      if (shown !== undefined) removes.push(id)
    } else if (shown === undefined || differs(shown, fields)) upserts.push(decodeEntity(id, fields))
  }
  return upserts.length + removes.length > 0 ? { upserts, removes } : null
}

/** What cannot be stored was never recorded (the change was refused): it differs from every row. */
function differs(shown: Entity, fields: Fields): boolean {
  try {
    return diffFields(encodeEntity(shown), fields) !== null
  } catch {
    return true
  }
}
