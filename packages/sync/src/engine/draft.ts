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

  row(ref: EntityRef): Row | undefined {
    const page = this.#pageKeyOf(ref)
    return page === undefined ? undefined : this.#page(page).get(entityKey(ref.collection, ref.id))
  }

  /** A row never goes backwards [PL5]; one of the same version is taken, as it may know fields that the device did not. */
  putRow(row: Row): void {
    const known = this.row(row)
    if (known !== undefined && known.version > row.version) return
    if (known !== undefined && known.scope !== row.scope) this.removeRow(row)
    const page = this.#pageKeyOf(row) ?? this.#openPage(row)
    this.#page(page).set(entityKey(row.collection, row.id), row)
    this.#pageOf.set(entityKey(row.collection, row.id), page)
  }

  removeRow(ref: EntityRef): void {
    const page = this.#pageKeyOf(ref)
    if (page === undefined) return
    this.#page(page).delete(entityKey(ref.collection, ref.id))
    this.#pageOf.set(entityKey(ref.collection, ref.id), null)
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

  #pageKeyOf({ collection, id }: EntityRef): string | undefined {
    const key = entityKey(collection, id)
    const drafted = this.#pageOf.get(key)
    return drafted === undefined ? this.#replica.pageKeyOf({ collection, id }) : (drafted ?? undefined)
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
    let number = this.#replica.lastPage(collection, scope)
    while (this.#page(keys.page(collection, scope, number)).size >= pageSize) number += 1
    return keys.page(collection, scope, number)
  }
}
