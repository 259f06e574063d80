import { unseal } from '../core/sealed.ts'
import type { Change } from '../core/types.ts'
import type { SealedWrite, Storage, Write } from '../engine/ports.ts'
import { diskIsFull } from './simulated-tab.ts'

export interface SimulatedStorageParts {
  /** What outlives the device's crashes. */
  readonly disk: Storage
  /** Ends with the device: what had not reached the disk by then never will. */
  readonly wait: () => Promise<void>
  readonly refuses: () => boolean
  /** Told what reached the disk, before whoever wrote it. */
  readonly onCommitted: (write: Write, sequences: readonly number[]) => void
}

/** Takes its time, one transaction after the other, as IndexedDB does. */
export function simulatedStorage({ disk, wait, refuses, onCommitted }: SimulatedStorageParts): Storage {
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
      if (refuses()) throw new Error(diskIsFull)
      const committed = await disk.commit(write)
      onCommitted(opened(write), committed.sequences)
      await wait()
      return committed
    }),
    close: () => {},
  }
}

/** What a sealed write holds. */
function opened({ puts = [], deletes = [], append = [] }: SealedWrite): Write {
  return { puts: puts.map(([key, sealed]) => [key, valueOf(sealed)]), deletes, append: append.map((sealed) => valueOf(sealed) as Change) }
}

function valueOf(sealed: unknown): unknown {
  const unsealed = unseal(sealed)
  if (unsealed.is === 'broken') throw new Error(`What was written is broken: ${unsealed.reason}`)
  return unsealed.value
}
