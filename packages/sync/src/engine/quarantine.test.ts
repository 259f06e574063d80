import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import type { Answer, Change, Conflict, Op, RecordedChange, Rejected } from '../core/types.ts'
import { applyWrite, collectionsOf, opOf, recordedOf, replicaOf, rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { applied, pageOf, pushResult } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'
import { settleAnswers } from './answers.ts'
import { ConflictResolver } from './conflict-resolver.ts'
import { Draft } from './draft.ts'
import { takePage } from './pages.ts'
import type { Replica } from './replica.ts'

const made = (sequence: number, given: Pick<Change, 'collection' | 'id' | 'patch'>): RecordedChange =>
  recordedOf(sequence, { ...given, kind: 'create', baseValues: {}, baseVersion: null })

/** A trip, a person of it, what that person carries, and what belongs to neither. */
const trip = made(1, { collection: 'trips', id: 'lakes', patch: { name: 'Lakes' } })
const ann = made(2, { collection: 'people', id: 'ann', patch: { tripId: 'lakes', name: 'Ann' } })
const pan = made(3, { collection: 'items', id: 'pan', patch: { tripId: 'lakes', personId: 'ann', name: 'Pan' } })
const other = made(4, { collection: 'items', id: 'rope', patch: { tripId: 'alps', name: 'Rope' } })
const renamed = recordedOf(5, { id: 'pan', patch: { name: 'Big pan' } })
const family = [trip, ann, pan, other, renamed]

const refuse = ({ opId }: Op): Answer => ({ opId, status: 'forbidden', code: '42501', message: 'no' })
const opIds = (ops: readonly Op[], ids: readonly string[]) => ops.filter(({ id }) => ids.includes(id))

/** A device with these changes, whose batch of the named entities is refused. */
function refused(ids: readonly string[], { changes = family, inFlight = ids }: { changes?: readonly RecordedChange[]; inFlight?: readonly string[] } = {}): Replica {
  const ops = changes.filter(({ id, kind }) => inFlight.includes(id) && kind === 'create').map((change) => opOf([change], { opId: `op-${change.collection}-${change.id}` }))
  const replica = replicaOf({ changes, puts: [[keys.batch, { batchId: 'b', ops }]] })
  answer(replica, opIds(ops, ids).map(refuse))
  return replica
}

const environment = fakeEnvironment()

function answer(replica: Replica, answers: readonly Answer[]): void {
  const parts = { collections: collectionsOf(), replica, environment }
  const resolver = new ConflictResolver({ ...parts, clockOffset: () => 0 })
  applyWrite(replica, settleAnswers(answers, new Draft(replica), { ...parts, resolver }))
}

const tray = (replica: Replica) => [...replica.rejected.values()]
const inTray = (replica: Replica, id: string): Rejected | undefined => tray(replica).find((rejected) => rejected.id === id)
const numbers = (changes: readonly RecordedChange[]) => changes.map(({ sequence }) => sequence).sort((a, b) => a - b)
const waiting = (replica: Replica) => numbers([...replica.outbox.byEntity()].flat())

describe('[OB7] a refused create', () => {
  test('takes with it what waits for it, and what waits for that; the rest flows', () => {
    const replica = refused(['lakes'])
    expect(tray(replica).map(({ id, changes }) => [id, changes.map(({ sequence }) => sequence)])).toEqual([
      ['lakes', [1]],
      ['ann', [2]],
      ['pan', [3, 5]],
    ])
    expect(waiting(replica)).toEqual([4])
    expect([...replica.known()].map(({ id }) => id)).toEqual(['rope'])
  })

  test('each says why, and on which refusal it hangs', () => {
    const replica = refused(['lakes'])
    const [root, child, grandchild] = tray(replica)
    expect(root).toMatchObject({ dependsOn: null, status: 'forbidden', code: '42501' })
    expect(child).toMatchObject({ dependsOn: root?.rejectedId, status: 'invalid', code: 'depends_on_refused' })
    // Of the person and of the trip: the nearest whose create was refused first.
    expect([root?.rejectedId, child?.rejectedId]).toContain(grandchild?.dependsOn)
  })

  test('[OB3] what is on its way is answered by itself; refused too, it hangs on the same refusal', () => {
    const replica = refused(['lakes'], { inFlight: ['lakes', 'ann'] })
    expect(tray(replica).map(({ id }) => id)).toEqual(['lakes', 'pan'])
    expect(waiting(replica)).toEqual([2, 4])
    answer(replica, [{ opId: 'op-people-ann', status: 'invalid', code: '23503', message: 'no such trip' }])
    expect(inTray(replica, 'ann')).toMatchObject({ code: '23503', dependsOn: inTray(replica, 'lakes')?.rejectedId })
    expect(tray(replica)).toHaveLength(3)
  })

  test('[OB3] nor does a child go whose first change is on its way and whose later one is not', () => {
    const replica = refused(['lakes'], { inFlight: ['lakes', 'pan'] })
    expect(inTray(replica, 'pan')).toBeUndefined()
    expect(waiting(replica)).toEqual([3, 4, 5])
  })

  test('in one answer with its child, each is in the tray once', () => {
    const replica = refused(['lakes', 'ann', 'pan'])
    expect(tray(replica).map(({ id }) => id).sort()).toEqual(['ann', 'lakes', 'pan'])
    expect(numbers(tray(replica).flatMap(({ changes }) => changes))).toEqual([1, 2, 3, 5])
  })
})

test('[OB7] a refused update takes no children: what they belong to is there', () => {
  const changes = [recordedOf(1, { collection: 'trips', id: 'lakes', patch: { name: 'Alps' } }), ann]
  const replica = replicaOf({ rows: [rowOf({ collection: 'trips', id: 'lakes' })], changes, puts: [[keys.batch, { batchId: 'b', ops: [opOf([changes[0]!])] }]] })
  answer(replica, [{ opId: 'op-lakes', status: 'forbidden', code: '42501', message: 'no' }])
  expect(waiting(replica)).toEqual([2])
})

const parked = (sequence: number, given: Pick<Conflict, 'id' | 'kind' | 'scope'>): [string, unknown] => [
  keys.conflict(given.id),
  { ...given, conflictId: given.id, collection: 'items', fields: [], changes: [recordedOf(sequence, { id: given.id })], time: 1 },
]

describe('[PL4] a scope that is taken away', () => {
  test.each([['parents first', family], ['children first', [pan, ann, renamed, other, trip]]])('each change is in the tray exactly once, %s', (_, changes) => {
    const here = changes.map((change) => (change === other ? { ...change, scope: 'alps' } : change))
    const replica = replicaOf({ changes: here, puts: [[keys.scope('lakes'), { scope: 'lakes', cursor: '1' }]] })
    const page = pageOf({ gone: [{ scope: 'lakes', reason: 'revoked' }] })
    applyWrite(replica, takePage(page, new Draft(replica), { collections: collectionsOf(), replica, environment: fakeEnvironment(), isAsked: () => true }))
    expect(numbers(tray(replica).flatMap((rejected) => rejected.changes))).toEqual([1, 2, 3, 5])
    expect(waiting(replica)).toEqual([4])
  })

  test('parked conflicts of it go into the tray too; a delete that met an edit is done, and others stay', () => {
    const conflicts = [
      parked(7, { id: 'cup', kind: 'edit-edit', scope: 'lakes' }),
      parked(8, { id: 'mug', kind: 'delete-edit', scope: 'lakes' }),
      parked(9, { id: 'rope', kind: 'edit-edit', scope: 'alps' }),
    ]
    const replica = replicaOf({ puts: [...conflicts, [keys.scope('lakes'), { scope: 'lakes', cursor: '1' }]] })
    const page = pageOf({ gone: [{ scope: 'lakes', reason: 'deleted' }] })
    applyWrite(replica, takePage(page, new Draft(replica), { collections: collectionsOf(), replica, environment: fakeEnvironment(), isAsked: () => true }))
    expect([...replica.conflicts.values()].map(({ id }) => id)).toEqual(['rope'])
    expect(tray(replica)).toMatchObject([{ id: 'cup', status: 'not_found', code: 'scope_deleted', changes: [{ sequence: 7 }] }])
  })
})

/** A trip with an item in it, both made here; the server refuses the trip and has not seen the item. */
async function familyInTray(): Promise<TestEngine> {
  const device = await openTestEngine()
  device.server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map((op) => (op.collection === 'trips' ? refuse(op) : applied(op)))))
  device.engine.record({ edits: [{ collection: 'trips', id: 'lakes', before: undefined, after: { name: 'Lakes' } }], atomic: false })
  await device.environment.advance(26)
  device.server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(applied)))
  return device
}

const idOf = ({ state }: TestEngine, id: string) => state().rejected.find((rejected) => rejected.id === id)!.rejectedId

describe('[OB7] a family in the tray', () => {
  const names = ['lakes', 'ann', 'pan']
  const edits = [trip, ann, pan, other].map(({ collection, id, patch }) => ({ collection, id, before: undefined, after: patch }))

  async function wholeFamily(): Promise<TestEngine> {
    const device = await openTestEngine()
    device.engine.pause('user')
    for (const edit of edits) device.engine.record({ edits: [edit], atomic: false })
    device.engine.record({ edits: [{ collection: 'items', id: 'pan', before: pan.patch, after: { ...pan.patch, name: 'Big pan' } }], atomic: false })
    await device.engine.flush()
    device.server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map((op) => (op.id === 'rope' ? applied(op) : refuse(op)))))
    device.engine.resume('user')
    await device.environment.advance(100)
    expect(device.state().rejected.map(({ id }) => id).sort()).toEqual([...names].sort())
    device.server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(applied)))
    return device
  }

  test.each(names)('comes back whole and in order when %s is tried again', async (member) => {
    const device = await wholeFamily()
    await device.engine.decisions.retry([idOf(device, member)])
    await device.environment.advance(100)
    expect(device.server.pushes.at(-1)!.map(({ id }) => id)).toEqual(names)
    expect(device.state()).toMatchObject({ pending: 0, rejected: [] })
    expect(device.shown('items', 'pan')).toMatchObject({ name: 'Big pan' })
  })

  test('given up from its root, it is gone whole; from a leaf, the root stays', async () => {
    const leaf = await wholeFamily()
    await leaf.engine.decisions.discard([idOf(leaf, 'pan')])
    expect(leaf.state().rejected.map(({ id }) => id).sort()).toEqual(['ann', 'lakes'])
    await leaf.engine.decisions.discard([idOf(leaf, 'lakes')])
    expect(leaf.state()).toMatchObject({ rejected: [], pending: 0 })
    await leaf.environment.advance(100)
    expect(leaf.server.pushes).toHaveLength(1)
  })

  test('a child that is made when its parent is in the tray already is refused by the server, and joins the family', async () => {
    const device = await familyInTray()
    device.server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(refuse)))
    device.edit(undefined, { tripId: 'lakes', name: 'Tent' })
    await device.environment.advance(100)
    expect(device.state().rejected).toMatchObject([{ id: 'lakes' }, { id: 'tent', dependsOn: device.state().rejected[0]!.rejectedId }])
    device.server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(applied)))
    await device.engine.decisions.retry([idOf(device, 'tent')])
    await device.environment.advance(100)
    expect(device.server.pushes.at(-1)!.map(({ id }) => id)).toEqual(['lakes', 'tent'])
    expect(device.state().rejected).toEqual([])
  })
})
