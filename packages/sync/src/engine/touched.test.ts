import { expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { recordedOf, rowOf } from '../testing/builders.ts'
import { Replica } from './replica.ts'

test('an entity of which a write alters the row and a change is touched once, and is told by its name alone', () => {
  const row = rowOf({})
  const touched = new Replica().apply([
    [keys.page(row.collection, row.scope, 0), { rows: [row, rowOf({ id: 'map' })] }],
    [keys.change(1), { ...recordedOf(1), collection: row.collection, id: row.id }],
  ])
  expect([...touched]).toEqual([
    { collection: row.collection, id: row.id },
    { collection: row.collection, id: 'map' },
  ])
})
