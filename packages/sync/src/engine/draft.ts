import { entityKey } from '../core/plan.ts'
import { keys, pageSize } from '../core/records.ts'
import type { Change, EntityRef, RecordedChange, Row } from '../core/types.ts'
import { rememberPast } from './past.ts'
import type { Write } from './ports.ts'
import type { Replica } from './replica.ts'

/**
 * A write in the making. It reads the replica and alters nothing: only a committed write may be applied.
 * Rows are stored in pages of one collection of one scope; `write()` holds each touched page once.
 */
export class Draft {
  readonly #replica: Replica
  readonly #pages = new Map<string, Map<string, Row>>()
  readonly #pageOf = new Map<string, string | null>()
  /** By collection and scope: the page that takes the next new row. No key is made for each row. */
  readonly #openPages = new Map<string, Map<string, OpenPage>>()
  readonly #puts = new Map<string, unknown>()
  readonly #deletes = new Set<string>()
  readonly #append: Change[] = []
  readonly #done: RecordedChange[] = []

  constructor(replica: Replica) {
    this.#replica = replica
  }

  put(key: string, value: unknown): void {
    this.#deletes.delete(key)
    this.#puts.set(key, value)
  }

  /** What this write puts under a key. */
  staged(key: string): unknown {
    return this.#puts.get(key)
  }

  delete(key: string): void {
    this.#puts.delete(key)
    this.#deletes.add(key)
  }

  /** The change is done: it leaves the outbox, and is remembered for undo [A6]. */
  finish(sequence: number): void {
    const change = this.#replica.outbox.get(sequence)
    if (change !== undefined) this.#done.push(change)
    this.delete(keys.change(sequence))
  }

  append(change: Change): void {
    this.#append.push(change)
  }

  row({ collection, id }: EntityRef): Row | undefined {
    return this.#row({ collection, id })
  }

  /** A row never goes backwards [PL5]; one of the same version is taken, as it may know fields that the device did not. */
  putRow(row: Row): void {
    const key = entityKey(row.collection, row.id)
    const place = this.#pageKeyOf(row, key)
    const known = place === undefined ? undefined : this.#page(place).get(key)
    if (known !== undefined && known.version > row.version) return
    const isMoved = known !== undefined && known.scope !== row.scope
    if (isMoved) this.removeRow(row)
    const page = place === undefined || isMoved ? this.#openPage(row) : place
    this.#page(page).set(key, row)
    this.#pageOf.set(key, page)
  }

  removeRow(ref: EntityRef): void {
    const key = entityKey(ref.collection, ref.id)
    const page = this.#pageKeyOf(ref, key)
    if (page === undefined) return
    this.#page(page).delete(key)
    this.#pageOf.set(key, null)
  }

  write(): Required<Write> {
    for (const [key, rows] of this.#pages) {
      if (rows.size > 0) this.put(key, { rows: [...rows.values()] })
      else this.delete(key)
    }
    if (this.#done.length === 0) return { puts: [...this.#puts], deletes: [...this.#deletes], append: this.#append }
    const past = rememberPast(this.#done, this.#replica.past)
    return { puts: [...this.#puts, ...past.puts], deletes: [...this.#deletes, ...past.deletes], append: this.#append }
  }

  #row(ref: EntityRef, key = entityKey(ref.collection, ref.id)): Row | undefined {
    const page = this.#pageKeyOf(ref, key)
    return page === undefined ? undefined : this.#page(page).get(key)
  }

  #pageKeyOf(ref: EntityRef, key: string): string | undefined {
    const drafted = this.#pageOf.get(key)
    return drafted === undefined ? this.#replica.pageKeyOf(ref) : (drafted ?? undefined)
  }

  #page(key: string): Map<string, Row> {
    let page = this.#pages.get(key)
    if (page === undefined) {
      const rows = this.#replica.page(key)?.rows ?? []
      page = new Map(rows.map((row) => [entityKey(row.collection, row.id), row]))
      this.#pages.set(key, page)
    }
    return page
  }

  #openPage({ collection, scope }: Row): string {
    const ofCollection = this.#openPages.get(collection) ?? new Map<string, OpenPage>()
    this.#openPages.set(collection, ofCollection)
    let open = ofCollection.get(scope) ?? this.#openPageAt(collection, scope, this.#replica.lastPage(collection, scope))
    while (open.rows.size >= pageSize) open = this.#openPageAt(collection, scope, open.number + 1)
    ofCollection.set(scope, open)
    return open.key
  }

  #openPageAt(collection: string, scope: string, number: number): OpenPage {
    const key = keys.page(collection, scope, number)
    return { number, key, rows: this.#page(key) }
  }
}

interface OpenPage {
  readonly number: number
  readonly key: string
  readonly rows: ReadonlyMap<string, Row>
}
