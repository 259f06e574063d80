import { describe, expect, test } from 'vitest'
import { collectionsOf, recordedOf } from '../testing/builders.ts'
import type { Standing } from './naming.ts'
import { plan } from './plan.ts'
import { entityKey } from './entity-key.ts'
import type { RecordedChange } from './types.ts'

/** What is planned of changes that stand as told, by sequence number; the others go freely. */
function planned(changes: readonly RecordedChange[], standings: Readonly<Record<number, Standing>>) {
  const byEntity = new Map<string, RecordedChange[]>()
  for (const change of changes) {
    const key = entityKey(change.collection, change.id)
    byEntity.set(key, [...(byEntity.get(key) ?? []), change])
  }
  let ids = 0
  const settings = { collections: collectionsOf(), limit: { ops: 100, bytes: 100_000 }, newId: () => `new-${(ids += 1)}`, standing: ({ sequence }: RecordedChange) => standings[sequence] ?? 'free' }
  return plan(byEntity.values(), settings).ops.map(({ opId, sequences }) => [opId, ...sequences])
}

const rename = (sequence: number, id = 'tent') => recordedOf(sequence, { id, patch: { name: `Tent ${sequence}` }, baseValues: { name: `Tent ${sequence - 1}` } })
const group = (groupId: string) => ({ group: { groupId, atomic: true, cause: 'edit' as const } })

describe('[PU1] changes that go by their names', () => {
  test('go as one op of each entity, whose id follows from them; what came later waits for the next batch', () => {
    const changes = [rename(1), rename(2), rename(3), rename(4, 'map'), rename(5, 'stove')]
    expect(planned(changes, { 1: 'named', 2: 'named', 4: 'named' })).toEqual([['change-2', 1, 2], ['change-4', 4], ['new-1', 5]])
  })

  test('what may not be sent holds up what stands behind it, and what cannot do without it [OB6]', () => {
    const trip = recordedOf(1, { collection: 'trips', id: 'lakes', kind: 'create', patch: { name: 'Lakes' } })
    const tent = recordedOf(2, { kind: 'create', patch: { tripId: 'lakes', name: 'Tent' } })
    expect(planned([trip, tent, rename(3, 'map')], { 1: 'waits' })).toEqual([['new-1', 3]])
    expect(planned([rename(1), rename(2)], { 1: 'waits' })).toEqual([])
  })

  test('a parent that is made anew later holds its children up, though an op of it goes', () => {
    const deleted = recordedOf(1, { collection: 'trips', id: 'lakes', kind: 'delete', patch: {}, baseValues: { name: 'Lakes' } })
    const again = recordedOf(2, { collection: 'trips', id: 'lakes', kind: 'create', patch: { name: 'Lakes' } })
    const tent = recordedOf(3, { kind: 'create', patch: { tripId: 'lakes', name: 'Tent' } })
    expect(planned([deleted, again, tent], { 1: 'named' })).toEqual([['change-1', 1]])
  })

  test('[A7] a unit of which a part must wait waits whole', () => {
    const changes = [rename(1), { ...rename(2), ...group('pack') }, { ...rename(3, 'map'), ...group('pack') }]
    expect(planned(changes, { 1: 'named' })).toEqual([['change-1', 1]])
    expect(planned(changes, { 1: 'named', 2: 'named', 3: 'named' })).toEqual([['change-2', 1, 2], ['change-3', 3]])
  })

  test('[OB4] [OB6] a unit that would need what was done later, which waits for it, goes as it was before, and that after it', () => {
    const trip = recordedOf(2, { collection: 'trips', id: 'lakes', kind: 'delete', patch: {}, baseValues: { name: 'Lakes' }, ...group('tidy') })
    // Were it the first of its row, it would go before its trip is deleted.
    const tent = recordedOf(3, { kind: 'delete', patch: {}, baseValues: { name: 'Tent 1', tripId: 'lakes' } })
    expect(planned([{ ...rename(1), ...group('tidy') }, trip, tent], { 1: 'named', 2: 'named' })).toEqual([['change-1', 1], ['change-2', 2]])
    expect(planned([tent], {})).toEqual([['new-1', 3]])
  })
})
