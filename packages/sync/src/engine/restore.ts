import { OutdatedRead } from '../core/errors.ts'
import { keys } from '../core/records.ts'
import { problemOf } from '../core/storage-error.ts'
import { sealedWrite } from './opening.ts'
import type { Storage } from './ports.ts'

export interface RestoreParts {
  readonly storage: Storage
  /** All that this tab knows. `number`: of the write to come; `newest`: the highest sequence number. */
  readonly known: () => { readonly records: ReadonlyMap<string, unknown>; readonly number: number; readonly term: number; readonly named: number; readonly newest: number }
  readonly onRestored: (number: number) => void
}

/** Uses the storage, once more where its database had to be written anew. */
export async function restoringWhatIsLost<Result>(use: () => Promise<Result>, parts: RestoreParts): Promise<Result> {
  return use().catch(async (error: unknown) => {
    if (problemOf(error) !== 'lost') throw error
    await restore(parts)
    return use()
  })
}

/**
 * The database was deleted under this tab: what it knows is written anew, so that nothing that waits is lost, and all numbers
 * go on from where they were. Into an empty one only: where another tab was first, what that wrote is what holds [ST2].
 */
async function restore({ storage, known, onRestored }: RestoreParts): Promise<void> {
  const { records, number, term, named, newest } = known()
  const { puts } = sealedWrite({ puts: [...records] })
  // A tab that does not lead knows no term. Each was begun by a write: above all of them, one that thaws can hold none that is begun from here on.
  const counts: [string, number][] = [[keys.commits, number], [keys.term, term === 0 ? number : term], [keys.named, named]]
  try {
    await storage.commit({ puts: [...puts, ...counts], sequenceAtLeast: newest, after: 0 })
    onRestored(number)
  } catch (error) {
    if (!(error instanceof OutdatedRead)) throw error
  }
}
