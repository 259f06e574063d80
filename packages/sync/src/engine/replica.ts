import { entityKey } from '../core/plan.ts'
import { keys, readRecord, scopeIn, sequenceIn, type ArchiveRecord, type AsideRecord, type EvictedRecord, type HeldRecord, type PageRecord, type PastRecord, type ScopeRecord } from '../core/records.ts'
import type { Batch, Change, Conflict, EntityRef, RecordedChange, Rejected, Resolution, Row } from '../core/types.ts'
import { nextStacks, noSteps, type UndoStacks } from '../core/undo-stacks.ts'
import { overlay } from '../core/view.ts'
import type { Fields } from '../core/json.ts'
import { Outbox } from './outbox.ts'
import { Touched } from './touched.ts'

type Put = readonly [key: string, value: unknown]

/**
 * The device's storage, mirrored in memory: `apply` is told each committed write, by this tab or by another, and is the only way in.
 * So all tabs that were told the same writes hold the same.
 */
export class Replica {
  readonly outbox: Outbox = new Outbox()
  readonly scopes: Map<string, ScopeRecord> = new Map()
  readonly conflicts: Map<string, Conflict> = new Map()
  readonly rejected: Map<string, Rejected> = new Map()
  /** Done steps of work by group id [A6]. */
  readonly past: Map<string, PastRecord> = new Map()
  /** Decisions about conflicts by key, oldest first after a start [CO5]. */
  readonly history: Map<string, Resolution> = new Map()
  /** Older history, packed, by key. */
  readonly archives: Map<string, ArchiveRecord> = new Map()
  /** Deleted rows on which changes wait, by key. */
  readonly buried: Map<string, Row> = new Map()
  readonly held: Map<string, HeldRecord> = new Map()
  /** Scopes that found no room on the device, by key. */
  readonly evicted: Map<string, EvictedRecord> = new Map()
  readonly asides: Map<string, AsideRecord> = new Map()
  /** As it was stored; core/breaker.ts tells what it means. */
  breaker: unknown = null
  /** Steps that can be undone and redone. Told in the order in which this device hears of them; at a start in that of their sequences. */
  undo: UndoStacks = noSteps
  /** Counts what happens to the lists of decisions: the same number, the same lists. */
  listed = 0
  batch: Batch | null = null
  device: string | null = null
  epoch: string | null = null
  /** The highest that an answer of this epoch had [PL4]; 0: there was none. */
  asOf = 0
  /** The form in which the rows were told [PL3]; `null`: it is not known. */
  schema: string | null = null
  /** By collection and id: no key is made for each row. */
  readonly #rows = new Map<string, Map<string, Row>>()
  readonly #pages = new Map<string, PageRecord>()
  readonly #pageOf = new Map<string, Map<string, string>>()
  readonly #lastPage = new Map<string, number>()
  #newest = 0

  /** The highest sequence number that was heard of. */
  get newest(): number {
    return this.#newest
  }

  row({ collection, id }: EntityRef): Row | undefined {
    return this.#rows.get(collection)?.get(id)
  }

  /** The key of the page in which an entity's row lies. */
  pageKeyOf({ collection, id }: EntityRef): string | undefined {
    return this.#pageOf.get(collection)?.get(id)
  }

  page(key: string): PageRecord | undefined {
    return this.#pages.get(key)
  }

  pageKeys(): IterableIterator<string> {
    return this.#pages.keys()
  }

  /** The number of the page to which new rows of a scope go; a full one is passed by. */
  lastPage(collection: string, scope: string): number {
    return this.#lastPage.get(keys.page(collection, scope, 0)) ?? 0
  }

  *rows(): IterableIterator<Row> {
    for (const rows of this.#rows.values()) yield* rows.values()
  }

  /** The base rows of one scope. By its pages: it is asked for one scope after the other, and there may be a thousand. */
  rowsOf(scope: string): Row[] {
    const isOfScope = (key: string) => key.includes(`/${scope}/`) && scopeIn(key)[0] === scope
    return [...this.#pages].flatMap(([key, { rows }]) => (isOfScope(key) ? rows.filter((row) => this.row(row) === row) : []))
  }

  /** Every entity of which there may be something to see. */
  known(): IterableIterator<EntityRef> {
    const pending = [...this.outbox.entities(), ...this.conflicts.values()]
    const all = new Map<string, EntityRef>([...this.rows()].map((row) => [entityKey(row.collection, row.id), row]))
    for (const { collection, id } of pending) all.set(entityKey(collection, id), { collection, id })
    return all.values()
  }

  /**
   * What is seen of an entity: its row with everything undecided laid over it, parked changes first [OB4], in the order in
   * which they were made. The order of the records tells nothing: it is that of parking now, and of random ids after a restart.
   */
  view(ref: EntityRef): Fields | null {
    // Of most rows there is nothing to lay over, and a start asks for all of them.
    if (this.outbox.size === 0 && this.conflicts.size === 0) return this.row(ref)?.fields ?? null
    return overlay(this.row(ref), this.#undecided(ref))
  }

  /** Where an entity is known to be: by its row, or by what waits to become one. */
  scopeOf(ref: EntityRef): string | undefined {
    return this.row(ref)?.scope ?? this.#undecided(ref).at(-1)?.scope
  }

  #undecided(ref: EntityRef): readonly Change[] {
    if (this.conflicts.size === 0) return this.outbox.of(entityKey(ref.collection, ref.id))
    const parked = [...this.conflicts.values()].filter((conflict) => conflict.collection === ref.collection && conflict.id === ref.id)
    const inOrder = parked.flatMap(({ changes }) => changes).sort((a, b) => a.sequence - b.sequence || a.time - b.time || (a.changeId < b.changeId ? -1 : 1))
    return [...inOrder, ...this.outbox.of(entityKey(ref.collection, ref.id))]
  }

  /** Takes a committed write in. Returns the entities whose view may have changed. */
  apply(puts: readonly Put[], deletes: readonly string[] = []): Touched {
    const touched = new Touched()
    const touch = (ref: EntityRef) => touched.add(ref)
    for (const key of deletes) this.#forget(key, touch)
    for (const [key, value] of puts) this.#learn(key, value, touch)
    return touched
  }

  /** After a start: the steps in the order in which they were made, done or not. */
  recallSteps(): void {
    const done = [...this.past.values()].flatMap(({ changes }) => changes)
    const waiting = [...this.outbox.byEntity()].flat()
    const inOrder = [...done, ...waiting].sort((a, b) => a.sequence - b.sequence)
    this.undo = inOrder.reduce((stacks, { group }) => nextStacks(stacks, group), noSteps)
  }

  #learn(key: string, stored: unknown, touch: (ref: EntityRef) => void): void {
    const record = readRecord(key, stored)
    switch (record.kind) {
      case 'page':
        return this.#putPage(key, record.value, touch)
      case 'change':
        this.#addChange(record.value)
        return touch(record.value)
      case 'scope':
        return void this.scopes.set(record.value.scope, record.value)
      case 'conflict':
        this.conflicts.set(key, record.value)
        this.listed += 1
        return touch(record.value)
      case 'rejected':
        this.rejected.set(key, record.value)
        return void (this.listed += 1)
      case 'batch':
        return void (this.batch = record.value)
      case 'device':
        return void (this.device = String(record.value))
      case 'epoch':
        return void (this.epoch = String(record.value))
      case 'asOf':
        return void (this.asOf = Number(record.value))
      case 'schema':
        return void (this.schema = String(record.value))
      case 'past':
        return void this.past.set(key.slice('past/'.length), record.value)
      case 'history':
        return void this.history.set(key, record.value)
      case 'archive':
        return void this.archives.set(key, record.value)
      case 'buried':
        return void this.buried.set(key, record.value)
      case 'held':
        return void this.held.set(record.value.collection, record.value)
      case 'evicted':
        return void this.evicted.set(key, record.value)
      case 'aside':
        return void this.asides.set(key, record.value)
      case 'breaker':
        return void (this.breaker = record.value)
      case 'claim':
      case 'adopted':
      case 'sequence':
      case 'commits':
      case 'term':
      case 'named':
    }
  }

  /** A successor of a known change is no new step. Another tab's change may come late: then the steps are put in order anew. */
  #addChange(change: RecordedChange): void {
    const isLate = change.sequence < this.#newest
    const isNew = isLate && this.outbox.get(change.sequence) === undefined
    this.outbox.add(change)
    if (isNew) this.recallSteps()
    else if (!isLate) this.undo = nextStacks(this.undo, change.group)
    this.#newest = Math.max(this.#newest, change.sequence)
  }

  #forget(key: string, touch: (ref: EntityRef) => void): void {
    if (key === keys.batch) this.batch = null
    const conflict = this.conflicts.get(key)
    if (conflict) touch(conflict)
    if (conflict || this.rejected.has(key)) this.listed += 1
    for (const records of [this.conflicts, this.rejected, this.history, this.archives, this.buried, this.asides, this.evicted]) records.delete(key)
    if (key.startsWith('past/')) this.past.delete(key.slice('past/'.length))
    if (key.startsWith('held/')) this.held.delete(key.slice('held/'.length))
    if (key.startsWith('change/')) {
      const change = this.outbox.remove(sequenceIn(key))
      if (change) touch(change)
    } else if (key.startsWith('scope/')) this.scopes.delete(key.slice('scope/'.length))
    else if (key.startsWith('page/')) this.#putPage(key, { rows: [] }, touch)
  }

  #putPage(key: string, page: PageRecord, touch: (ref: EntityRef) => void): void {
    const old = new Set(this.#pages.get(key)?.rows)
    const now = old.size === 0 ? old : new Set(page.rows)
    for (const row of old) {
      const pageOf = this.#pageOf.get(row.collection)
      if (pageOf?.get(row.id) !== key) continue
      this.#rows.get(row.collection)?.delete(row.id)
      pageOf.delete(row.id)
      if (!now.has(row)) touch(row)
    }
    const [first] = page.rows
    if (first === undefined) return void this.#pages.delete(key)
    // Rows of one page are of one collection.
    const rows = within(this.#rows, first.collection)
    const pageOf = within(this.#pageOf, first.collection)
    for (const row of page.rows) {
      rows.set(row.id, row)
      pageOf.set(row.id, key)
      if (!old.has(row)) touch(row)
    }
    this.#pages.set(key, page)
    const number = Number(key.slice(key.lastIndexOf('/') + 1))
    if (number > this.lastPage(first.collection, first.scope)) this.#lastPage.set(keys.page(first.collection, first.scope, 0), number)
  }
}

function within<Value>(maps: Map<string, Map<string, Value>>, collection: string): Map<string, Value> {
  const known = maps.get(collection)
  if (known !== undefined) return known
  const fresh = new Map<string, Value>()
  maps.set(collection, fresh)
  return fresh
}
