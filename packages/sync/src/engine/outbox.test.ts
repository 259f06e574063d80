import { expect, test } from 'vitest'
import { entityKey } from '../core/plan.ts'
import { changeOf, recordedOf } from '../testing/builders.ts'
import { Outbox } from './outbox.ts'

const tent = entityKey('items', 'tent')

function outboxOf(...sequences: number[]): Outbox {
  const outbox = new Outbox()
  for (const sequence of sequences) outbox.add(recordedOf(sequence))
  return outbox
}

const sequences = (outbox: Outbox) => outbox.recordedOf(tent).map(({ sequence }) => sequence)

test('[OB6] the changes of an entity stay in their order, in whatever order they are told', () => {
  expect(sequences(outboxOf(3, 1, 2))).toEqual([1, 2, 3])
})

test('changes that are not durable yet are seen, at the end, and are not planned', () => {
  const outbox = outboxOf(1)
  const fresh = changeOf({ changeId: 'fresh' })
  outbox.beginRecording(fresh)
  expect(outbox.of(tent)).toEqual([recordedOf(1), fresh])
  expect(outbox.size).toBe(2)
  expect([...outbox.byEntity()]).toEqual([[recordedOf(1)]])
  outbox.endRecording(fresh)
  outbox.add({ ...fresh, sequence: 2 })
  expect(sequences(outbox)).toEqual([1, 2])
  expect(outbox.size).toBe(2)
})

test('a change that came back from where it had gone waits again: who read the storage last knows [TB2]', () => {
  const outbox = new Outbox()
  outbox.add(recordedOf(1))
  outbox.remove(1)
  outbox.add(recordedOf(1))
  expect(outbox.get(1)).toEqual(recordedOf(1))
  expect(outbox.size).toBe(1)
})

test('told twice is once, and a resolution takes the place of what it stands for', () => {
  const outbox = outboxOf(1, 2, 1)
  outbox.add(recordedOf(1, { patch: { name: 'Resolved' } }))
  expect(sequences(outbox)).toEqual([1, 2])
  expect(outbox.get(1)?.patch).toEqual({ name: 'Resolved' })
})

test('what has left is gone from every list', () => {
  const outbox = outboxOf(1, 2)
  expect(outbox.oldestTime()).toBe(1_000)
  outbox.remove(1)
  expect(sequences(outbox)).toEqual([2])
  outbox.remove(2)
  expect([...outbox.byEntity(), ...outbox.entities()]).toEqual([])
  expect(outbox.oldestTime()).toBeNull()
})
