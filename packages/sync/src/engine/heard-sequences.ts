/**
 * Which sequence numbers this tab has heard of. They are given one by one, so a number that is left out belongs to another tab,
 * which has not told of it yet, or never will [TB1].
 */
export class HeardSequences {
  #highest = 0
  readonly #missing = new Set<number>()

  /** Everything up to this number is known. */
  startAt(sequence: number): void {
    this.#highest = Math.max(this.#highest, sequence)
    this.#missing.clear()
  }

  hear(sequence: number): void {
    for (let missing = this.#highest + 1; missing < sequence; missing += 1) this.#missing.add(missing)
    this.#missing.delete(sequence)
    this.#highest = Math.max(this.#highest, sequence)
  }

  /** Of the numbers up to `last`, was each heard of? */
  isComplete(last: number): boolean {
    return last <= this.#highest && this.#missing.size === 0
  }
}
