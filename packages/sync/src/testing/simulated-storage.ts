import { unseal } from '../core/sealed.ts'
import type { Change } from '../core/types.ts'
import type { SealedWrite, Storage, Write } from '../engine/ports.ts'

export interface SimulatedStorageParts {
  /** What outlives the device's crashes. */
  readonly disk: Storage
  /** Ends with the device: what had not reached the disk by then never will. */
  readonly wait: () => Promise<void>
  /** Rejects where the disk does not do this write. */
  readonly check: (write: SealedWrite) => Promise<void>
  /** Told what reached the disk, before whoever wrote it. */
  readonly onCommitted: (write: Write, how: WrittenHow) => void
}

/** `sequences`: of what was appended. `makesRoom`: what the server told goes, to be fetched again. `isTakenOver`: it came together in memory. */
export interface WrittenHow {
  readonly sequences: readonly number[]
  readonly makesRoom: boolean
  readonly isTakenOver: boolean
}

/** Takes its time, one transaction after the other, as IndexedDB does. */
export function simulatedStorage({ disk, wait, check, onCommitted }: SimulatedStorageParts): Storage {
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = last.then(task)
    last = done.catch(() => {})
    return done
  }
  return {
    readAll: () => inTurn(async () => {
      await wait()
      return disk.readAll()
    }),
    lastCommit: () => inTurn(async () => {
      await wait()
      return disk.lastCommit()
    }),
    commit: (write) => inTurn(async () => {
      await wait()
      await check(write)
      const committed = await disk.commit(write)
      onCommitted(opened(write), { sequences: committed.sequences, makesRoom: write.uncounted === true, isTakenOver: isTakenOver(write) })
      await wait()
      return committed
    }),
    close: () => {},
  }
}

/** Only what came together in memory brings numbers of its own along, and more than those. */
const isTakenOver = ({ sequenceAtLeast, puts = [], deletes = [] }: SealedWrite): boolean => sequenceAtLeast !== undefined && puts.length + deletes.length > 0

/** What a sealed write holds. */
function opened({ puts = [], deletes = [], append = [] }: SealedWrite): Write {
  return { puts: puts.map(([key, sealed]) => [key, valueOf(sealed)]), deletes, append: append.map((sealed) => valueOf(sealed) as Change) }
}

export function valueOf(sealed: unknown): unknown {
  const unsealed = unseal(sealed)
  if (unsealed.is === 'broken') throw new Error(`What was written is broken: ${unsealed.reason}`)
  return unsealed.value
}
