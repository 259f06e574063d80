import { expect, test } from 'vitest'
import { entityKey } from '../core/plan.ts'
import { keys, pageSize } from '../core/records.ts'
import type { EntityRef, Row } from '../core/types.ts'
import { recordedOf, replicaOf, rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { gate } from '../testing/gate.ts'
import { inParts, showAll } from './hydration.ts'
import { Replica } from './replica.ts'

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
