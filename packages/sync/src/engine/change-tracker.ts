import { encodeEntity } from '../core/codec.ts'
import type { Collection, Collections } from '../core/collection.ts'
import { diffFields } from '../core/diff.ts'
import { InvalidChange, SyncError } from '../core/errors.ts'
import type { Fields } from '../core/json.ts'
import type { Change, ChangeGroup, EntityRef, Row } from '../core/types.ts'
import type { Environment } from './ports.ts'

/** What a reducer did to one entity. */
export interface EntityEdit {
  readonly collection: string
  readonly id: string
  readonly before: object | undefined
  readonly after: object | undefined
}

export interface ChangeTrackerParts {
  readonly collections: Collections
  readonly environment: Environment
  readonly user: string
  readonly device: string
  readonly app: string
  readonly baseRow: (edit: EntityEdit) => Row | undefined
  /** Where the device knows the entity to be. A parked edit of a deleted row may show too few fields to tell it themselves. */
  readonly knownScope: (edit: EntityEdit) => string | undefined
}

/** Turns what a reducer did into changes. */
export class ChangeTracker {
  readonly #parts: ChangeTrackerParts

  constructor(parts: ChangeTrackerParts) {
    this.#parts = parts
  }

  /**
   * The change that an edit amounts to; `null` when no value differs.
   *
   * @throws {SyncError} `bad-change`: a value that cannot be stored, an id that would be no key, or no scope to belong to; `invalid-change`: the schema refuses it [A4].
   */
  change(edit: EntityEdit, group: ChangeGroup): Change | null {
    const { collections, environment, user, device, app, baseRow, knownScope } = this.#parts
    const collection = collections.get(edit.collection)
    if (collection === undefined) throw new SyncError('bad-change', `${edit.collection} is not a synced collection.`)
    if (edit.id === '__proto__') throw new SyncError('bad-change', `An entity of ${edit.collection} cannot have the id __proto__.`)
    const difference = differenceOf(valid(edit, collection), collection)
    if (difference === null) return null
    const fields = difference.before ?? difference.after ?? {}
    return {
      collection: edit.collection,
      id: edit.id,
      changeId: environment.newId(),
      user,
      device,
      app,
      kind: difference.kind,
      scope: scopeIn(edit.id, fields, collection) ?? knownScope(edit) ?? refuseWithoutScope(edit, collection),
      patch: difference.patch,
      baseValues: difference.baseValues,
      baseVersion: baseRow(edit)?.version ?? null,
      time: environment.now(),
      group,
    }
  }

  /** The change between two states of an entity that are known by their fields, as an undo knows them. `null`: it is not there. Of a collection that only another version of the app knows there is none. */
  changeBetween({ collection, id }: EntityRef, states: { readonly before: Fields | null; readonly after: Fields | null }, group: ChangeGroup): Change | null {
    if (!this.#parts.collections.has(collection)) return null
    const inStore = (fields: Fields | null) => (fields === null ? undefined : this.#parts.collections.get(collection)?.toEntity(id, fields))
    return this.change({ collection, id, before: inStore(states.before), after: inStore(states.after) }, group)
  }
}

interface Difference extends Pick<Change, 'kind' | 'patch' | 'baseValues'> {
  readonly before: Fields | undefined
  readonly after: Fields | undefined
}

/** The edit as its schema leaves it: it may trim a name or fill in a default. A field that the schema does not know stays. */
function valid(edit: EntityEdit, { name, validate }: Collection): EntityEdit {
  if (validate === null || edit.after === undefined) return edit
  const verdict = validate(edit.after)
  if ('issues' in verdict) throw new InvalidChange(`${name}/${edit.id}`, verdict.issues)
  return { ...edit, after: { ...edit.after, ...(verdict.value as object) } }
}

function differenceOf(edit: EntityEdit, { toFields }: Collection): Difference | null {
  const before = edit.before && encode(edit, toFields(edit.before))
  const after = edit.after && encode(edit, toFields(edit.after))
  if (before === undefined) return after === undefined ? null : { kind: 'create', patch: after, baseValues: {}, before, after }
  if (after === undefined) return { kind: 'delete', patch: {}, baseValues: before, before, after }
  const diff = diffFields(before, after)
  return diff && { kind: 'update', ...diff, before, after }
}

function encode({ collection, id }: EntityEdit, entity: object): Fields {
  try {
    return encodeEntity(entity)
  } catch (cause) {
    throw new SyncError('bad-change', `A change of ${collection}/${id} cannot be stored: ${String(cause)}`, cause)
  }
}

function scopeIn(id: string, fields: Fields, { scopeField }: Collection): string | undefined {
  const scope = scopeField === 'id' ? id : fields[scopeField]
  return typeof scope === 'string' && scope !== '' ? scope : undefined
}

function refuseWithoutScope({ id }: EntityEdit, { name, scopeField }: Collection): never {
  throw new SyncError('bad-change', `${name}/${id} names no scope: its field ${scopeField} must hold the id of what it belongs to.`)
}
