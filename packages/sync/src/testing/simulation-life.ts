import type { Collections, Validate } from '../core/collection.ts'
import { firstWriteWins, lastWriteWins, localWins, manual, reject, remoteWins, type DeletePolicy, type MergePolicy } from '../core/policies.ts'
import { counter, max } from '../core/policies-combine.ts'
import { text } from '../core/text-merge.ts'
import { collectionsOf } from './builders.ts'
import type { SeededRandom } from './seeded-random.ts'

/** What a seed makes of a life before anything happens in it. */
export interface Life {
  readonly devices: number
  /** The most rows in a page of a pull, and the most ops in a push. */
  readonly pageLimit: number
  readonly opsAtOnce: number
  readonly collections: Collections
  /** Edits of an item's quantity add up. */
  readonly counts: boolean
  /** In the end everything heals by itself; else every device is asked to sync. */
  readonly isPatient: boolean
  /** Somebody advises about conflicts, and is believed when sure enough [D6]. */
  readonly advises: boolean
  /** Conflicts are decided by the default policies, or by those that keep both sides. */
  readonly isDefault: boolean
  readonly inWords: string
}

/**
 * What an engine may have to be spared, one by one: what lies behind it is not held yet. `moves`: items go to other trips.
 * `lag`: a replica answers. `restore`: a backup takes the place of everything. `clockSetBack`: a clock shows an earlier time.
 * `lostTabs`: tabs end while others go on. `frozenTabs`: tabs are frozen for a while, and go on with what they knew. `damagedTabs`: several tabs start at once on a disk that is damaged.
 * `partedUnits`: a part of a unit waits in the tray. `resync`: while a device fetches anew, no row may go and come again.
 * `counters`: what the edits of a quantity come to is reckoned up.
 */
export const hardships = ['moves', 'lag', 'restore', 'clockSetBack', 'lostTabs', 'frozenTabs', 'counters', 'damagedTabs', 'partedUnits', 'resync'] as const
export type Hardship = (typeof hardships)[number]

const defaults: readonly (() => MergePolicy)[] = [lastWriteWins, lastWriteWins, localWins, remoteWins, manual, firstWriteWins, reject]

export function lifeOf(random: SeededRandom): Life {
  const devices = 2 + random.below(3)
  const pageLimit = 1 + random.below(12)
  const opsAtOnce = random.pick([1_000, 1_000, 1, 2, 3, 5])!
  const policy = random.pick(defaults)!
  const quantity = random.pick([counter, counter, max, policy])!
  const notes = random.pick([() => text(), policy])!
  const deletePolicy = random.pick<DeletePolicy>(['deleteWins', 'deleteWins', 'editWins', 'manual'])!
  const threshold = random.pick([0, 0, 0, 0.4, 0.9])!
  const isPatient = random.chance(0.3)
  const advises = random.chance(0.3)
  // What SQL renames is not shown [A4].
  const validate = random.chance(0.2) ? refuseSqlNames : null
  const known = collectionsOf({ mergeDefault: policy(), merge: { quantity: quantity(), notes: notes() }, deletePolicy, threshold, validate })
  const trips = { ...known.get('trips')!, serverFields: ['createdAt', 'createdBy'] }
  return {
    devices, pageLimit, opsAtOnce, isPatient, advises,
    isDefault: policy === lastWriteWins && deletePolicy === 'deleteWins' && threshold === 0,
    collections: new Map([...known, ['trips', trips]]),
    counts: quantity === counter,
    inWords: `${devices} devices; items: ${policy.name}, ${quantity.name} of quantities, ${deletePolicy}, threshold ${threshold}; `
      + `${pageLimit} rows a page, ${opsAtOnce} ops a push${isPatient ? '; heals by itself' : ''}${advises ? '; with an adviser' : ''}${validate ? '; with a schema' : ''}`,
  }
}

function refuseSqlNames(entity: unknown): ReturnType<Validate> {
  const isSql = typeof entity === 'object' && entity !== null && 'name' in entity && String(entity.name).startsWith('sql-')
  return isSql ? { issues: ['The name is of SQL.'] } : { value: entity }
}
