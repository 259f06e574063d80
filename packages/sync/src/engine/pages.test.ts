import { describe, expect, test } from 'vitest'
import { keys, type ScopeRecord } from '../core/records.ts'
import type { RecordedChange, Row } from '../core/types.ts'
import { applyWrite, collectionsOf, opOf, recordedOf, replicaOf, rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { pageOf } from '../testing/scripted-server.ts'
import { Draft } from './draft.ts'
import { takePage } from './pages.ts'
import type { PullPage, Write } from './ports.ts'
import type { Replica } from './replica.ts'
import { startAnew } from './resync.ts'

const tent = { collection: 'items', id: 'tent' }
const tombstone = { ...tent, scope: 'lakes', version: 2 }
const cursor = (scope: string, at: string): [string, unknown] => [keys.scope(scope), { scope, cursor: at }]

function deviceWith({ rows = [rowOf()], changes = [], puts = [cursor('lakes', '1')] }: { rows?: Row[]; changes?: RecordedChange[]; puts?: [string, unknown][] } = {}): Replica {
  return replicaOf({ rows, changes, puts })
}

function take(replica: Replica, given: Partial<PullPage>): Required<Write> {
  const write = takePage(pageOf(given), new Draft(replica), { collections: collectionsOf(), replica, environment: fakeEnvironment(), isAsked: () => true })
  applyWrite(replica, write)
  return write
}

test('[PL1] [PL3] [PL4] rows, tombstones, cursors, the epoch that they belong to, their form, and how new they are, are one write', () => {
  const replica = deviceWith({ rows: [rowOf(), rowOf({ id: 'cup' })] })
  const write = take(replica, { cursors: { lakes: '7', alps: '1' }, rows: [rowOf({ version: 3 }), rowOf({ id: 'rope', scope: 'alps' })], deleted: [{ ...tombstone, id: 'cup' }] })
  expect(Object.fromEntries(write.puts)).toEqual({
    [keys.page('items', 'lakes', 0)]: { rows: [rowOf({ version: 3 })] },
    [keys.page('items', 'alps', 0)]: { rows: [rowOf({ id: 'rope', scope: 'alps' })] },
    [keys.scope('lakes')]: { scope: 'lakes', cursor: '7' },
    [keys.scope('alps')]: { scope: 'alps', cursor: '1' },
    [keys.epoch]: 'epoch-1',
    [keys.asOf]: 1,
    [keys.schema]: 'schema-1',
  })
})

describe('[PL6] a tombstone', () => {
  test('removes the row it speaks of', () => {
    const replica = deviceWith()
    take(replica, { deleted: [tombstone] })
    expect(replica.row(tent)).toBeUndefined()
  })

  test.each([
    ['a row that was made again since', rowOf({ version: 2 })],
    ['a row that has moved to another scope', rowOf({ scope: 'alps' })],
  ])('leaves %s', (_, row) => {
    const replica = deviceWith({ rows: [row] })
    take(replica, { deleted: [tombstone] })
    expect(replica.row(tent)).toEqual(row)
  })

  test('is applied before the rows of its page, so a move out of a scope and into another ends well', () => {
    const replica = deviceWith()
    take(replica, { deleted: [tombstone], rows: [rowOf({ scope: 'alps', version: 2 })] })
    expect(replica.row(tent)?.scope).toBe('alps')
  })
})

test('[CO1] the base moves under a pending change, and nothing is decided', () => {
  const replica = deviceWith({ changes: [recordedOf(1)] })
  const write = take(replica, { rows: [rowOf({ version: 3, fields: { name: 'Igloo', quantity: 2 } })] })
  expect(write.deletes).toEqual([])
  expect(replica.view(tent)).toEqual({ name: 'Big tent', quantity: 2 })
  expect([...replica.outbox.byEntity()]).toEqual([[recordedOf(1)]])
})

const before = () => deviceWith({ rows: ['a', 'b', 'c'].map((id) => rowOf({ id })) })
const ids = (replica: Replica) => replica.rowsOf('lakes').map(({ id }) => id).sort()

describe('[PL6] a scope that is sent anew', () => {
  test('loses what its pages did not bring, when the last has come', () => {
    const replica = before()
    take(replica, { cursors: { lakes: '9' }, reset: ['lakes'], rows: [rowOf({ id: 'b', version: 2 }), rowOf({ id: 'd' })] })
    expect(ids(replica)).toEqual(['b', 'd'])
  })

  test('keeps everything until then, and remembers over a restart what it waits for', () => {
    const first = before()
    take(first, { cursors: { lakes: '9:1:a' }, reset: ['lakes'], partial: ['lakes'], rows: [rowOf({ id: 'a', version: 2 })] })
    expect(ids(first)).toEqual(['a', 'b', 'c'])
    const record = first.scopes.get('lakes')
    const restarted = replicaOf({ rows: first.rowsOf('lakes'), puts: [[keys.scope('lakes'), structuredClone(record)]] })
    take(restarted, { cursors: { lakes: '9' }, rows: [rowOf({ id: 'c', version: 2 })] })
    expect(ids(restarted)).toEqual(['a', 'c'])
    expect(restarted.scopes.get('lakes')).toEqual({ scope: 'lakes', cursor: '9' })
  })

  test('keeps what came to it after the fetch began, and what moved elsewhere', () => {
    const replica = before()
    take(replica, { cursors: { lakes: '9:1:a' }, reset: ['lakes'], partial: ['lakes'] })
    take(replica, { cursors: { alps: '2' }, rows: [rowOf({ id: 'a', scope: 'alps', version: 2 }), rowOf({ id: 'new' })] })
    take(replica, { cursors: { lakes: '9' } })
    expect(ids(replica)).toEqual(['new'])
    expect(replica.rowsOf('alps').map(({ id }) => id)).toEqual(['a'])
  })
})

const gone = (reason: 'deleted' | 'revoked'): Partial<PullPage> => ({ gone: [{ scope: 'lakes', reason }] })

describe('[PL4] a scope that is gone', () => {
  test('takes its rows and its cursor with it, and no others', () => {
    const replica = deviceWith({ rows: [rowOf(), rowOf({ id: 'rope', scope: 'alps' })] })
    take(replica, gone('revoked'))
    expect([...replica.known()].map(({ id }) => id)).toEqual(['rope'])
    expect(replica.scopes.has('lakes')).toBe(false)
  })

  test.each([
    ['deleted', 'not_found', 'scope_deleted'],
    ['revoked', 'forbidden', 'scope_revoked'],
  ] as const)('%s: pending changes wait in the tray and say so', (reason, status, code) => {
    const replica = deviceWith({ changes: [recordedOf(1), recordedOf(2, { id: 'rope', scope: 'alps' })] })
    take(replica, gone(reason))
    expect([...replica.rejected.values()]).toMatchObject([{ ...tent, status, code, changes: [recordedOf(1)] }])
    expect([...replica.outbox.byEntity()].flat().map(({ id }) => id)).toEqual(['rope'])
  })

  test('a pending delete there is done: nothing is kept', () => {
    const replica = deviceWith({ changes: [recordedOf(1), recordedOf(2, { kind: 'delete', patch: {} })] })
    take(replica, gone('deleted'))
    expect([replica.rejected.size, replica.outbox.size]).toEqual([0, 0])
  })

  // Found by the simulation (seed 6857): the edit before the delete was told of nowhere.
  test('[A7] a delete that has come true does not follow the rest of its unit into the tray', () => {
    const group = { groupId: 'unit', atomic: true, cause: 'edit' } as const
    const replica = deviceWith({ changes: [recordedOf(1, { id: 'stove', group }), recordedOf(2), recordedOf(3, { kind: 'delete', patch: {}, group })] })
    take(replica, gone('deleted'))
    expect([...replica.rejected.values()]).toMatchObject([{ id: 'stove', changes: [{ sequence: 1 }] }])
    expect(replica.outbox.size).toBe(0)
  })

  test('[OB3] changes in flight wait for their own answer', () => {
    const replica = deviceWith({ changes: [recordedOf(1)], puts: [cursor('lakes', '1'), [keys.batch, { batchId: 'b', ops: [opOf([recordedOf(1)])] }]] })
    take(replica, gone('revoked'))
    expect(replica.outbox.size).toBe(1)
    expect(replica.batch?.ops).toHaveLength(1)
  })

  test('one that the server has never confirmed is exempt', () => {
    const replica = deviceWith({ changes: [recordedOf(1)], puts: [] })
    take(replica, gone('revoked'))
    expect(replica.row(tent)).toEqual(rowOf())
    expect(replica.outbox.size).toBe(1)
  })
})

test.each([
  [true, false],
  [false, true],
])('[E4] what has not come again of a scope that is fetched anew goes with its last page (asked for: %s), and not with one that was not asked about it', (isAsked, isLeft) => {
  const record: ScopeRecord = { scope: 'lakes', cursor: '5', unseen: [{ collection: 'items', id: 'tent' }] }
  const replica = replicaOf({ rows: [rowOf()], puts: [[keys.scope('lakes'), record]] })
  const page = pageOf({ cursors: { alps: '2' } })
  applyWrite(replica, takePage(page, new Draft(replica), { collections: collectionsOf(), replica, environment: fakeEnvironment(), isAsked: (scope) => isAsked || scope === 'alps' }))
  expect(replica.row(rowOf()) !== undefined).toBe(isLeft)
  expect(replica.scopes.get('lakes')?.unseen !== undefined).toBe(isLeft)
})

test('[PL5] a new epoch: rows and cursors of the old one go, the outbox stays', () => {
  const replica = deviceWith({ rows: [rowOf({ version: 90 }), rowOf({ id: 'lost' })], changes: [recordedOf(1)], puts: [cursor('lakes', '50'), [keys.epoch, 'epoch-0']] })
  applyWrite(replica, startAnew({ epoch: 'epoch-1', asOf: 4 }, new Draft(replica), replica))
  expect(replica.scopes.size).toBe(0)
  expect(replica.epoch).toBe('epoch-1')
  take(replica, { cursors: { lakes: '3' }, rows: [rowOf({ version: 2 })] })
  expect(replica.rowsOf('lakes')).toEqual([rowOf({ version: 2 })])
  expect(replica.view(tent)).toMatchObject({ name: 'Big tent' })
})

const buried = () => {
  const replica = deviceWith({ changes: [recordedOf(1)] })
  take(replica, { deleted: [tombstone] })
  return replica
}

describe('[CO2] a deleted row on which a change waits', () => {
  test('is kept aside, until it comes again', () => {
    const replica = buried()
    expect([...replica.buried.values()]).toEqual([rowOf()])
    take(replica, { rows: [rowOf({ version: 3 })] })
    expect(replica.buried.size).toBe(0)
  })

  test('goes with its scope', () => {
    const replica = buried()
    take(replica, gone('revoked'))
    expect(replica.buried.size).toBe(0)
  })

  test('of one on which none waits nothing is kept', () => {
    const replica = deviceWith()
    take(replica, { deleted: [tombstone] })
    expect(replica.buried.size).toBe(0)
  })
})
