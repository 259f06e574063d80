import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeardCommits, type NumberedWrite } from './heard-commits.ts'

const anyKey = fc.constantFrom('a', 'b', 'c')
const anyWrite = fc.record({ puts: fc.uniqueArray(anyKey), deletes: fc.uniqueArray(anyKey) })
/** Writes as a storage numbers them: what is put under a key tells by which. */
const anyWrites = fc.array(anyWrite, { minLength: 1, maxLength: 8 }).map((writes) =>
  writes.map(({ puts, deletes }, index): NumberedWrite => ({ number: index + 1, puts: puts.map((key) => [key, index + 1] as const), deletes: deletes.filter((key) => !puts.includes(key)) })),
)

function applied(records: Map<string, unknown>, news: NumberedWrite | null): void {
  for (const key of news?.deletes ?? []) records.delete(key)
  for (const [key, value] of news?.puts ?? []) records.set(key, value)
}

function afterAll(writes: readonly NumberedWrite[]): Map<string, unknown> {
  const records = new Map<string, unknown>()
  for (const write of writes) applied(records, write)
  return records
}

/** The storage as it was read: all that is there, and of what was known all that is not. */
const readOf = (stored: ReadonlyMap<string, unknown>, number: number): NumberedWrite => ({
  number, puts: [...stored], deletes: ['a', 'b', 'c'].filter((key) => !stored.has(key)),
})

test('[TB2] in whatever order writes are heard of, once or twice, what holds in the end is what the storage holds', () => {
  const shuffled = anyWrites.chain((writes) => fc.tuple(fc.constant(writes), fc.shuffledSubarray([...writes, ...writes], { minLength: writes.length * 2 })))
  fc.assert(
    fc.property(shuffled, ([writes, heard]) => {
      const commits = new HeardCommits()
      const records = new Map<string, unknown>()
      for (const write of heard) applied(records, commits.take(write))
      expect(records).toEqual(afterAll(writes))
      expect([commits.complete, commits.isMissingSome]).toEqual([writes.length, false])
    }),
  )
})

test('[TB2] some heard of, then all read, then the late ones: none of them undoes what was read, and what is younger stays', () => {
  const lives = anyWrites.chain((writes) => fc.tuple(fc.constant(writes), fc.shuffledSubarray(writes), fc.integer({ min: 0, max: writes.length }), fc.shuffledSubarray(writes, { minLength: writes.length })))
  fc.assert(
    fc.property(lives, ([writes, early, read, late]) => {
      const commits = new HeardCommits()
      const records = new Map<string, unknown>()
      for (const write of early) applied(records, commits.take(write))
      // What is read is never older than what is complete: it was read after that.
      const at = Math.max(read, commits.complete)
      applied(records, commits.takeAll(readOf(afterAll(writes.slice(0, at)), at)))
      for (const write of late) applied(records, commits.take(write))
      expect(records).toEqual(afterAll(writes))
    }),
  )
})

const write = (number: number): NumberedWrite => ({ number, puts: [], deletes: [] })

test('[TB1] a number that is left out is missed, until it is heard of or read', () => {
  const commits = new HeardCommits()
  commits.take(write(2))
  expect([commits.complete, commits.isMissingSome]).toEqual([0, true])
  commits.take(write(1))
  expect([commits.complete, commits.isMissingSome]).toEqual([2, false])
  commits.knowOf(4)
  expect([commits.complete, commits.isMissingSome]).toEqual([2, true])
  commits.takeAll(write(4))
  expect([commits.complete, commits.isMissingSome]).toEqual([4, false])
})
