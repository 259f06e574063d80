import { expect, test } from 'vitest'
import { keys, pageSize } from '../core/records.ts'
import type { Row } from '../core/types.ts'
import { applyWrite, changeOf, replicaOf, rowOf } from '../testing/builders.ts'
import { Draft } from './draft.ts'

const page = keys.page('items', 'lakes', 0)
const manyRows = (count: number, from = 0): Row[] => Array.from({ length: count }, (_, index) => rowOf({ id: `row-${from + index}` }))

test('a draft is read through, and alters nothing before it is committed', () => {
  const replica = replicaOf({ rows: [rowOf()] })
  const draft = new Draft(replica)
  draft.putRow(rowOf({ version: 2, fields: { name: 'New' } }))
  expect(draft.row(rowOf())?.version).toBe(2)
  draft.removeRow(rowOf())
  expect(draft.row(rowOf())).toBeUndefined()
  expect(draft.write()).toEqual({ puts: [], deletes: [page], append: [] })
  expect(replica.row(rowOf())).toEqual(rowOf())
  expect(replica.page(page)).toEqual({ rows: [rowOf()] })
})

test('[PL5] a row never goes backwards; the same version is taken, as it may know more fields', () => {
  const replica = replicaOf({ rows: [rowOf({ version: 5 })] })
  const draft = new Draft(replica)
  draft.putRow(rowOf({ version: 4, fields: { name: 'Old' } }))
  expect(draft.row(rowOf())).toEqual(rowOf({ version: 5 }))
  draft.putRow(rowOf({ version: 5, fields: { name: 'Whole' } }))
  expect(draft.row(rowOf())?.fields).toEqual({ name: 'Whole' })
  draft.putRow(rowOf({ version: 6, scope: 'alps' }))
  draft.putRow(rowOf({ version: 5, scope: 'lakes' }))
  expect(draft.row(rowOf())).toMatchObject({ version: 6, scope: 'alps' })
})

test(`a page holds ${pageSize} rows; the next begins a new one, also in a later write`, () => {
  const replica = replicaOf({})
  const first = new Draft(replica)
  for (const row of manyRows(pageSize + 1)) first.putRow(row)
  expect(first.write().puts.map(([key, value]) => [key, (value as { rows: Row[] }).rows.length])).toEqual([[page, pageSize], [keys.page('items', 'lakes', 1), 1]])
  applyWrite(replica, first.write())
  const second = new Draft(replica)
  second.putRow(rowOf({ id: 'late' }))
  expect(second.write().puts.map(([key]) => key)).toEqual([keys.page('items', 'lakes', 1)])
})

test('a changed row stays in its page, and only that page is written', () => {
  const replica = replicaOf({})
  const all = new Draft(replica)
  for (const row of manyRows(pageSize * 2)) all.putRow(row)
  applyWrite(replica, all.write())
  const draft = new Draft(replica)
  draft.putRow(rowOf({ id: 'row-3', version: 2 }))
  expect(draft.write().puts.map(([key]) => key)).toEqual([page])
})

test('of put and delete of one key the last counts, and appended changes are left to the storage to number', () => {
  const draft = new Draft(replicaOf({}))
  draft.put('a', 1)
  draft.delete('a')
  draft.delete('b')
  draft.put('b', 2)
  draft.append(changeOf())
  expect(draft.write()).toEqual({ puts: [['b', 2]], deletes: ['a'], append: [changeOf()] })
})
