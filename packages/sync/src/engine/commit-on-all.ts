import { OutdatedRead, OutdatedTerm } from '../core/errors.ts'
import type { Draft } from './draft.ts'
import type { LocalData } from './local-data.ts'

/**
 * Commits what `make` makes of all that was written until then: after a write of another tab that this one did not know of it is
 * made anew, of what there is by now. False: there was nothing to write.
 *
 * @throws what `make` throws.
 */
export async function commitOnAll(data: LocalData, make: (draft: Draft) => void): Promise<boolean> {
  for (;;) {
    const [draft, { known }] = [data.draft(), data]
    make(draft)
    const write = draft.write()
    if (write.puts.length + write.deletes.length + write.append.length === 0) return false
    try {
      await data.commit(write, [], known)
      return true
    } catch (error) {
      if (!(error instanceof OutdatedRead || error instanceof OutdatedTerm)) throw error
      await data.hearOfLostTabs()
      // A storage that can be written and not read would keep it here for ever.
      if (error instanceof OutdatedRead && data.known === known) throw error
    }
  }
}
