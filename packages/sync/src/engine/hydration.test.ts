import { expect, test } from 'vitest'
import { entityKey } from '../core/plan.ts'
import { keys, pageSize } from '../core/records.ts'
import type { EntityRef, Row } from '../core/types.ts'
import { recordedOf, replicaOf, rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { gate } from '../testing/gate.ts'
import { inParts, showAll } from './hydration.ts'
import { Replica } from './replica.ts'
import { inSlices } from './time-slices.ts'

const scopes = ['alps', 'coast', 'dunes', 'lakes']

/** So many rows in each scope, in pages as they lie in the storage. */
function replicaWith(rowsInScope: number): Replica {
  const replica = new Replica()
  const pages = new Map<string, Row[]>()
  for (let index = 0; index < rowsInScope; index += 1) {
    for (const scope of scopes) {
      const key = keys.page('items', scope, Math.floor(index / pageSize))
      pages.set(key, [...(pages.get(key) ?? []), rowOf({ id: `${scope}-${index}`, scope })])
    }
  }
  replica.apply([...pages].map(([key, rows]) => [key, { rows }]))
  return replica
}

const scopesIn = (refs: readonly EntityRef[]): string[] => [...new Set(refs.map(({ id }) => id.split('-')[0]!))]

test('every row is in one part, each scope whole before the next, those that are asked for first', () => {
  const replica = replicaWith(2_500)
  const parts = [...inParts(replica, (scope) => scope === 'dunes' || scope === 'lakes')]
  const all = parts.flat()
  expect(new Set(all.map(({ collection, id }) => entityKey(collection, id))).size).toBe(10_000)
  expect(all).toHaveLength(10_000)
  expect(scopesIn(all)).toEqual(['dunes', 'lakes', 'alps', 'coast'])
  expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(3_000 + pageSize)
})

test('what waits to be sent is in the first part, once, also where there is no row of it', () => {
  const replica = replicaOf({ rows: [rowOf({ id: 'cup' })], changes: [recordedOf(1), recordedOf(2), recordedOf(3, { id: 'map', kind: 'create' })] })
  expect([...inParts(replica)]).toEqual([[{ collection: 'items', id: 'tent' }, { collection: 'items', id: 'map' }, { collection: 'items', id: 'cup' }]])
})

test('what is few is shown at once; between two parts of what is many the page breathes, and nothing is shown to nobody', async () => {
  const breaths = [gate(), gate()]
  let breath = 0
  let isOver = false
  const shown: number[] = []
  const environment = { ...fakeEnvironment(), pause: () => breaths[breath++]!.passed }
  const done = showAll(replicaWith(3_000), { environment, show: ({ length }) => shown.push(length), isOver: () => isOver })
  expect(shown).toHaveLength(1)
  breaths[0]!.open()
  await environment.settle()
  expect(shown).toHaveLength(2)
  isOver = true
  breaths[1]!.open()
  await done
  expect(shown).toHaveLength(2)
})

test('parts grow and shrink with the time that they take here, so that none holds the page up on a slow device', async () => {
  const shown: number[] = []
  const clock = { now: 0 }
  const environment = { ...fakeEnvironment(), now: () => clock.now, pause: () => Promise.resolve() }
  const perEntity = { milliseconds: 0.005 }
  const show = (part: readonly EntityRef[]) => {
    shown.push(part.length)
    clock.now += part.length * perEntity.milliseconds
    // The device gets busy.
    if (shown.length === 3) perEntity.milliseconds = 0.05
  }
  await showAll(replicaWith(4_000), { environment, show, isOver: () => false })
  const upTo = (most: number) => shown.map((length) => length - most < pageSize)
  expect(shown.slice(0, 3).map((length, index) => length >= [1_000, 2_000, 3_000][index]!)).toEqual([true, true, true])
  // The fourth was cut by what held before; from then on each takes about 20 ms, a page of rows more at most.
  expect(upTo(400).slice(4, -1)).not.toContain(false)
  expect(shown.reduce((sum, length) => sum + length)).toBe(16_000)
})

test('reading takes breaths by the time that has passed', async () => {
  const clock = { now: 0 }
  const done: number[] = []
  let breaths = 0
  const environment = { now: () => clock.now, pause: () => Promise.resolve(void (breaths += 1)) }
  const pieces = Array.from({ length: 30 }, (_, index) => index)
  const work = (piece: number) => {
    done.push(piece)
    // The first ten take 1 ms each, the others 6.
    clock.now += piece < 10 ? 1 : 6
  }
  await inSlices(pieces, work, environment)
  expect(done).toEqual(pieces)
  expect(breaths).toBe(10)
})
