import { equal } from '../core/equal.ts'
import type { Fields } from '../core/json.ts'
import { entityKey } from '../core/plan.ts'
import type { EntityRef, FieldEdit, Row } from '../core/types.ts'

export type Role = 'owner' | 'editor' | 'viewer'

/** A row with the number of its last commit in its scope, and who gave each field its present value. */
export interface ServerRow extends Row {
  readonly seq: number
  readonly edits: Readonly<Record<string, FieldEdit>>
}

export interface Tombstone extends EntityRef {
  readonly scope: string
  readonly version: number
  readonly seq: number
}

interface ScopeState {
  readonly seq: number
  readonly floor: number
  readonly deleted: boolean
  /** Who was in it when its root was last deleted, and who deleted it. */
  readonly heirs: readonly (string | null)[]
}

/** The tables as they were at a moment: a backup, or what a replica that lags has got. */
export interface TablesSnapshot {
  readonly rows: ReadonlyMap<string, ServerRow>
  readonly tombstones: ReadonlyMap<string, Tombstone>
  readonly scopes: ReadonlyMap<string, ScopeState>
  readonly members: ReadonlyMap<string, ReadonlyMap<string, Role>>
  readonly transaction: number
}

/** What supabase/migrations keep, in memory: rows, tombstones, members, and commits numbered per scope. A trip is a scope. */
export class MemoryTables {
  readonly rows: Map<string, ServerRow> = new Map()
  readonly tombstones: Map<string, Tombstone> = new Map()
  readonly scopes: Map<string, ScopeState> = new Map()
  readonly members: Map<string, Map<string, Role>> = new Map()
  #transaction = 0
  readonly #written = new Map<string, number>()
  readonly #onCommit: (scope: string, number: number) => void

  /** `onCommit` is told of each scope that a commit wrote to, and its number there. */
  constructor(onCommit: (scope: string, number: number) => void) {
    this.#onCommit = onCommit
  }

  /** All that `work` writes is one commit. */
  commit<T>(work: () => T): T {
    this.#transaction += 1
    this.#written.clear()
    const result = work()
    for (const scope of this.#written.keys()) this.#onCommit(scope, this.scopes.get(scope)?.seq ?? Infinity)
    return result
  }

  /** Later writes do not change it. */
  snapshot(): TablesSnapshot {
    const members = new Map([...this.members].map(([scope, roles]) => [scope, new Map(roles)]))
    return { rows: new Map(this.rows), tombstones: new Map(this.tombstones), scopes: new Map(this.scopes), members, transaction: this.#transaction }
  }

  /** Everything is again as it was, the numbers of transactions included: versions and cursors are given a second time. */
  restore({ rows, tombstones, scopes, members, transaction }: TablesSnapshot): void {
    refill(this.rows, rows)
    refill(this.tombstones, tombstones)
    refill(this.scopes, scopes)
    refill(this.members, new Map([...members].map(([scope, roles]) => [scope, new Map(roles)])))
    this.#transaction = transaction
  }

  /** Within a commit: returns what takes back all that is written from here on. */
  savepoint(): () => void {
    const before = this.snapshot()
    const written = new Map(this.#written)
    return () => {
      this.restore(before)
      refill(this.#written, written)
    }
  }

  /** The scopes that the last commit wrote to, with its number in each. */
  get lastCommit(): ReadonlyMap<string, number> {
    return this.#written
  }

  /** How many commits there were. */
  get commits(): number {
    return this.#transaction
  }

  row({ collection, id }: EntityRef): ServerRow | undefined {
    return this.rows.get(entityKey(collection, id))
  }

  role(user: string, scope: string): Role | undefined {
    return this.members.get(scope)?.get(user)
  }

  isEditor(user: string, scope: string): boolean {
    const role = this.role(user, scope)
    return role === 'owner' || role === 'editor'
  }

  /** A scope that was there before can be made anew only by who was in it: its tombstones are not for others. */
  mayBegin(user: string, scope: string): boolean {
    const known = this.scopes.get(scope)
    return known === undefined || (known.deleted && known.heirs.includes(user))
  }

  /** `null`: the user is no member any more. */
  setRole(scope: string, user: string, role: Role | null): void {
    const members = this.members.get(scope)
    if (role === null) members?.delete(user)
    else members?.set(user, role)
    this.#write(scope)
  }

  insert(row: Omit<Row, 'version'>, edit: FieldEdit): ServerRow {
    const buried = [...this.tombstones.values()].filter(({ collection, id }) => collection === row.collection && id === row.id)
    const version = Math.max(this.#transaction, ...buried.map((tombstone) => tombstone.version + 1))
    if (row.collection === 'trips') this.members.set(row.id, new Map(edit.by === null ? [] : [[edit.by, 'owner']]))
    const edits = Object.fromEntries(Object.keys(row.fields).map((field) => [field, edit]))
    return this.#put({ ...row, version, seq: this.#write(row.scope), edits })
  }

  /** The same values are no news: no version, nothing to pull. */
  update(row: ServerRow, patch: Fields, edit: FieldEdit): ServerRow {
    const named = Object.keys(patch)
    if (named.every((field) => equal(row.fields[field] ?? null, patch[field] ?? null))) return row
    const edits = { ...row.edits, ...Object.fromEntries(named.map((field) => [field, edit])) }
    const version = Math.max(row.version + 1, this.#transaction)
    const scope = row.collection === 'trips' ? row.scope : ((patch['tripId'] ?? row.scope) as string)
    if (scope !== row.scope) this.#leave(row, version)
    return this.#put({ ...row, scope, version, seq: this.#write(scope), fields: { ...row.fields, ...patch }, edits })
  }

  /** With all that hangs on the row: a trip's content goes with it, a person's items stay and are for everyone. */
  remove(row: ServerRow, edit: FieldEdit): void {
    this.#bury(row)
    const rest = [...this.rows.values()].filter(({ scope }) => scope === row.scope)
    if (row.collection === 'people') {
      for (const item of rest) if (item.fields['personId'] === row.id) this.update(item, { personId: null }, edit)
    }
    if (row.collection !== 'trips') return
    for (const content of rest) this.#bury(content)
    const heirs = [...(this.members.get(row.scope)?.keys() ?? []), edit.by]
    this.members.delete(row.scope)
    const seq = this.#write(row.scope)
    this.scopes.set(row.scope, { seq, floor: seq, deleted: true, heirs })
  }

  #bury(row: ServerRow): void {
    this.#leave(row, Math.max(row.version + 1, this.#transaction))
    this.rows.delete(entityKey(row.collection, row.id))
  }

  /** Whoever sees the scope that a row leaves, and not where it goes, must lose it. */
  #leave({ collection, id, scope }: ServerRow, version: number): void {
    this.tombstones.set(`${entityKey(collection, id)}\u0000${scope}`, { collection, id, scope, version, seq: this.#write(scope) })
  }

  #put(row: ServerRow): ServerRow {
    this.rows.set(entityKey(row.collection, row.id), row)
    return row
  }

  /** The number of this commit in a scope. */
  #write(scope: string): number {
    const given = this.#written.get(scope)
    if (given !== undefined) return given
    const { seq, floor, heirs } = this.scopes.get(scope) ?? { seq: 0, floor: 0, heirs: [] }
    this.scopes.set(scope, { seq: seq + 1, floor, deleted: false, heirs })
    this.#written.set(scope, seq + 1)
    return seq + 1
  }
}

function refill<Value>(map: Map<string, Value>, content: ReadonlyMap<string, Value>): void {
  map.clear()
  for (const [key, value] of content) map.set(key, value)
}
