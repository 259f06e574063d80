import type { Write } from './ports.ts'

/** What a write put and deleted, under its number. */
export interface NumberedWrite extends Required<Pick<Write, 'puts' | 'deletes'>> {
  readonly number: number
}

/**
 * Which writes of the storage this tab knows. They are numbered one by one, so a number that is left out is the write of another
 * tab, which has not told of it yet, or never will [TB1]. Writes may be heard of in any order: of each record the write with the
 * highest number holds, as in the storage [TB2].
 */
export class HeardCommits {
  #complete = 0
  #highest = 0
  /** Numbers above `#complete` that are known. */
  readonly #ahead = new Set<number>()
  /** By record: the last of those writes that touched it. */
  readonly #touched = new Map<string, number>()

  /** Everything up to this number is known. */
  get complete(): number {
    return this.#complete
  }

  /** The highest number there is, as far as is known. */
  get highest(): number {
    return this.#highest
  }

  get isMissingSome(): boolean {
    return this.#complete < this.#highest
  }

  /** There is a write of that number. */
  knowOf(number: number): void {
    this.#highest = Math.max(this.#highest, number)
  }

  /** What is news of a write; `null`: nothing, it is known. */
  take(write: NumberedWrite): NumberedWrite | null {
    const { number } = write
    if (number <= this.#complete || this.#ahead.has(number)) return null
    this.knowOf(number)
    const news = this.#untouchedSince(write)
    this.#ahead.add(number)
    if (number > this.#complete + 1) for (const key of [...write.deletes, ...write.puts.map(([put]) => put)]) this.#touched.set(key, Math.max(number, this.#touched.get(key) ?? 0))
    this.#advance()
    return news
  }

  /** What is news of all that was read from the storage, as it was after the write of that number, not lower than `complete`. */
  takeAll(read: NumberedWrite): NumberedWrite {
    const news = this.#untouchedSince(read)
    this.knowOf(read.number)
    this.#complete = Math.max(this.#complete, read.number)
    this.#advance()
    return news
  }

  /** Another storage took the place of this one. */
  startAnew(): void {
    this.#complete = 0
    this.#highest = 0
    this.#ahead.clear()
    this.#touched.clear()
  }

  #untouchedSince({ number, puts, deletes }: NumberedWrite): NumberedWrite {
    if (this.#touched.size === 0) return { number, puts, deletes }
    const isOpen = (key: string) => (this.#touched.get(key) ?? 0) <= number
    return { number, puts: puts.filter(([key]) => isOpen(key)), deletes: deletes.filter(isOpen) }
  }

  #advance(): void {
    while (this.#ahead.delete(this.#complete + 1)) this.#complete += 1
    for (const number of this.#ahead) if (number <= this.#complete) this.#ahead.delete(number)
    if (this.#ahead.size === 0) this.#touched.clear()
  }
}
