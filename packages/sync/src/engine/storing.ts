import { OutdatedTerm } from '../core/errors.ts'
import { problemOf } from '../core/storage-error.ts'
import type { NumberedWrite } from './heard-commits.ts'
import type { Committed, SealedWrite, Storage } from './ports.ts'
import type { Replica } from './replica.ts'
import { restoringWhatIsLost } from './restore.ts'
import { Room } from './room.ts'

export interface StoringParts {
  readonly storage: Storage
  readonly replica: Replica
  /** All that this tab knows, as it was stored. */
  readonly records: ReadonlyMap<string, unknown>
  /** The highest number of a write that is known. */
  readonly highest: () => number
  /** A write that was made here, beside the one that was asked for. */
  readonly onWritten: (write: NumberedWrite) => void
  /** Another tab leads by now. */
  readonly onDeposed: () => void
}

/** One tab's way to the storage: in which term it writes, and what is done where the database is gone or full. */
export class Storing {
  readonly #parts: StoringParts
  readonly #room: Room
  /** Of this tab while it leads; 0: another does. */
  term = 0
  #named = 0

  constructor(parts: StoringParts) {
    this.#parts = parts
    this.#room = new Room(parts.replica)
  }

  /** Changes up to this sequence number go by their names, as of the last term that this tab has begun; 0: none does (core/naming.ts). */
  get named(): number {
    return this.#named
  }

  /** A term was begun, and what is stored has been read. */
  begun({ term, named }: Committed): void {
    this.term = term
    this.#named = named
    this.#room.begin()
  }

  endNames(): void {
    this.#named = 0
  }

  async commit(write: SealedWrite): Promise<Committed> {
    try {
      const committed = await this.whole(() => this.#parts.storage.commit(this.#room.kept(write)))
      this.#room.stored(write)
      return committed
    } catch (error) {
      const term = typeof write.term === 'number' ? write.term : null
      if (error instanceof OutdatedTerm) await this.#room.made
      const isMade = error instanceof OutdatedTerm ? term !== null && this.term > term : problemOf(error) === 'full' && this.term !== 0 && (await this.makeRoom())
      // With the room that was made this tab has begun a new term.
      if (isMade) return this.commit(term === null ? write : { ...write, term: this.term })
      if (error instanceof OutdatedTerm) this.#depose()
      throw error
    }
  }

  /** False: there is nothing to give up, or another tab leads by now. */
  async makeRoom(): Promise<boolean> {
    const { storage, records, onWritten } = this.#parts
    const made = await this.#room.make({ storage, term: this.term, named: this.#named, held: [...records.keys()] }).catch((error: unknown) => {
      if (!(error instanceof OutdatedTerm)) throw error
      this.#depose()
      return null
    })
    if (made === null) return false
    if (this.term !== 0) this.term = made.term
    onWritten(made.mark)
    return true
  }

  /** Also where this tab has resigned by now, and is told of nothing: what it still has to write would be refused for ever. */
  #depose(): void {
    this.term = 0
    this.#parts.onDeposed()
  }

  /** Uses the storage; a database that was deleted is written anew first. */
  whole<Result>(use: () => Promise<Result>): Promise<Result> {
    const { storage, records, highest, replica, onWritten } = this.#parts
    const known = () => ({ records, number: highest() + 1, term: this.term, named: this.#named, newest: replica.newest })
    return restoringWhatIsLost(use, { storage, known, onRestored: (number) => onWritten({ number, puts: [], deletes: [] }) })
  }
}
