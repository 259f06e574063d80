import { encodeEntity } from '../core/codec.ts'
import { diffFields } from '../core/diff.ts'
import type { Fields } from '../core/json.ts'
import type { EntityEdit } from '../engine/change-tracker.ts'
import type { EntityView } from '../engine/screen.ts'

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
  /** A row -> the entity for the store, and back to an object of what JSON can carry. */
  readonly toEntity: (id: string, fields: Fields) => Entity
  readonly toFields: (entity: object) => object
}

/** What an action did to a slice. An entity that was not touched is the same object. */
export function editsOf({ collection, read }: SliceAccess, before: unknown, after: unknown): EntityEdit[] {
  if (before === after) return []
  const old = read(before)
  const now = read(after)
  if (old.entities === now.entities) return []
  const candidates = old.ids !== undefined && old.ids === now.ids ? changedAmong(now.ids, old.entities, now.entities) : allIds(old.entities, now.entities)
  return candidates.flatMap((id) => {
    const was = own(old.entities, id)
    const is = own(now.entities, id)
    return was === is ? [] : [{ collection, id, before: was, after: is }]
  })
}

/** Not by `entities[id]` alone: the id `constructor` would find a function of all objects. */
const own = (entities: Entities, id: string): Entity | undefined => (Object.hasOwn(entities, id) ? entities[id] : undefined)

/** Up to here V8 keeps an object's properties in a list, beyond it in a hash table (1,020 in V8 14). */
const mostListed = 1_000

/**
 * The ids whose entities may differ, none that does left out, while the list of ids is the same object: none came or went.
 * Measured on 1,000 entities: 0.006 ms by values, 0.17 by keys; on 2,000: 0.4 by values, 0.03 by keys.
 */
function changedAmong(ids: readonly string[], old: Entities, now: Entities): string[] {
  if (ids.length > mostListed) return keysOf(ids, now).filter((id) => old[id] !== now[id])
  const was = Object.values(old)
  const is = Object.values(now)
  if (was.length !== is.length) return allIds(old, now)
  // A slice that reorders its entities costs more comparisons, and misses nothing: each is named by its own id.
  return [...new Set(is.flatMap((entity, index) => (entity === was[index] ? [] : [entity.id, ...(was[index] ? [was[index].id] : [])])))]
}

/** The keys themselves: V8 finds a property by them four times as fast as by equal strings, such as ids that came as JSON. */
const keysOfIds = new WeakMap<readonly string[], readonly string[]>()

function keysOf(ids: readonly string[], entities: Entities): readonly string[] {
  const known = keysOfIds.get(ids)
  if (known !== undefined) return known
  const keys = Object.keys(entities)
  keysOfIds.set(ids, keys)
  return keys
}

const allIds = (old: Entities, now: Entities): string[] => [...Object.keys(now), ...Object.keys(old).filter((id) => !Object.hasOwn(now, id))]

/** The rows that differ from what the slice shows: an entity whose values are the same keeps its identity and renders nothing. */
export function rowsToShow(access: SliceAccess, slice: unknown, views: readonly EntityView[]): SliceRows | null {
  const { entities } = access.read(slice)
  const upserts: Entity[] = []
  const removes: string[] = []
  for (const { id, fields } of views) {
    const shown = own(entities, id)
    if (fields === null) {
      if (shown !== undefined) removes.push(id)
    } else if (shown === undefined || differs(access.toFields(shown), fields)) upserts.push(access.toEntity(id, fields))
  }
  return upserts.length + removes.length > 0 ? { upserts, removes } : null
}

/** What cannot be stored was never recorded (the change was refused): it differs from every row. */
function differs(shown: object, fields: Fields): boolean {
  try {
    return diffFields(encodeEntity(shown), fields) !== null
  } catch {
    return true
  }
}
