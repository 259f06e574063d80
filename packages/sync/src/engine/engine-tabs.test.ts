import { describe, expect, test, vi } from 'vitest'
import { keys } from '../core/records.ts'
import { statusOf } from '../core/status.ts'
import { changeOf, opOf, recordedOf, rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { gate } from '../testing/gate.ts'
import { pageOf, scriptedServer } from '../testing/scripted-server.ts'
import { tabsOfOneProcess } from '../testing/tabs-of-one-process.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { LocalData } from './local-data.ts'
import { memoryStorage } from './memory-storage.ts'
import { sealedWrite } from './opening.ts'

const tent = { tripId: 'lakes', name: 'Tent' }

async function twoTabs() {
  const shared = { storage: memoryStorage(), server: scriptedServer(), environment: fakeEnvironment(), parts: { openTabs: tabsOfOneProcess().open } }
  const leader = await openTestEngine(shared)
  const follower = await openTestEngine(shared)
  return { leader, follower, ...shared }
}

describe('two tabs', () => {
  test('[TB1] any tab records; the leader sends it, once, and both show it', async () => {
    const { leader, follower, server, environment } = await twoTabs()
    follower.edit(undefined, tent)
    await environment.advance(100)
    expect(server.pushes).toMatchObject([[{ kind: 'create', patch: tent, sequences: [1] }]])
    expect(leader.shown('items', 'tent')).toEqual(tent)
    expect(follower.state().pending).toBe(0)
    expect(leader.state().pending).toBe(0)
  })

  test('[TB2] what the leader pulls is shown in both', async () => {
    const { leader, follower, server, environment } = await twoTabs()
    server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: [rowOf()] }))
    leader.engine.syncNow()
    await environment.settle()
    expect([leader, follower].map(({ shown }) => shown('items', 'tent'))).toEqual([rowOf().fields, rowOf().fields])
  })

  test('[TB2] [RX4] who does not lead says so from the start, and whether it is offline', async () => {
    const { leader, follower, ...shared } = await twoTabs()
    expect([leader, follower].map(({ state }) => state().paused)).toEqual([[], ['follower']])
    const offline = await openTestEngine({ ...shared, online: false })
    expect(statusOf(offline.state())).toEqual({ kind: 'offline', pending: 0 })
  })

  test('[TB2] when the leader ends, the other takes over with what is left', async () => {
    const { leader, follower, server, environment } = await twoTabs()
    leader.engine.pause('user')
    follower.edit(undefined, tent)
    await environment.advance(100)
    expect(server.pushes).toEqual([])
    await leader.engine.close()
    await environment.advance(100)
    expect(server.pushes).toHaveLength(1)
    expect(follower.state().pending).toBe(0)
  })
})

describe('a tab that ends between its commit and its message', () => {
  test('[TB1] [OB4] what it recorded is found by the leader at its next poll, sent, and shown in all tabs', async () => {
    const { leader, follower, storage, server, environment } = await twoTabs()
    await storage.commit(sealedWrite({ append: [changeOf({ kind: 'create', patch: tent, baseValues: {}, baseVersion: null })] }))
    await environment.advance(10_000)
    expect(server.pushes).toMatchObject([[{ id: 'tent', kind: 'create' }]])
    expect([leader, follower].map(({ shown }) => shown('items', 'tent'))).toEqual([tent, tent])
    const read = vi.spyOn(storage, 'readAll')
    await environment.advance(60_000)
    expect(read).not.toHaveBeenCalled()
  })

  test('[TB1] also when a later change of another tab has been heard of', async () => {
    const { follower, storage, server, environment } = await twoTabs()
    await storage.commit(sealedWrite({ append: [changeOf({ kind: 'create', patch: tent, baseValues: {}, baseVersion: null })] }))
    follower.engine.record({ edits: [{ collection: 'items', id: 'cup', before: undefined, after: { id: 'cup', ...tent } }], atomic: false })
    await environment.advance(10_000)
    expect(server.pushes.flat().map(({ id }) => id).sort()).toEqual(['cup', 'tent'])
  })

  test('[OB3] [TB2] what a leader committed last is known to the next one before it sends anything', async () => {
    const { leader, follower, storage, server, environment } = await twoTabs()
    leader.network('offline')
    follower.network('offline')
    follower.edit(undefined, { id: 'tent', ...tent })
    await environment.settle()
    const change = recordedOf(1, { kind: 'create', patch: tent, baseValues: {}, baseVersion: null })
    await storage.commit(sealedWrite({ puts: [[keys.batch, { batchId: 'last', ops: [opOf([change], { opId: 'written-down' })] }]] }))
    await leader.engine.close()
    follower.network('online')
    await environment.advance(1_000)
    expect(server.pushes[0]).toMatchObject([{ opId: 'written-down' }])
  })
})

describe('[TB2] what another tab commits while this one reads', () => {
  test('is taken in afterwards, as if it had come later', async () => {
    const storage = memoryStorage()
    await storage.commit(sealedWrite({ puts: [[keys.device, 'phone'], [keys.page('items', 'lakes', 0), { rows: [rowOf()] }]] }))
    const { open: openTabs } = tabsOfOneProcess()
    const read = gate()
    const slow = { ...storage, readAll: () => storage.readAll().then((records) => read.passed.then(() => records)) }
    const opening = LocalData.open({ storage: slow, tabs: openTabs('ann'), environment: fakeEnvironment() })
    openTabs('ann').tell({ is: 'commit', number: 2, puts: [[keys.change(1), recordedOf(1)]], deletes: [keys.page('items', 'lakes', 0)] })
    read.open()
    const { replica } = await opening
    expect(replica.row(rowOf())).toBeUndefined()
    expect(replica.outbox.size).toBe(1)
  })
})

test('a device names itself once and keeps its name', async () => {
  const storage = memoryStorage()
  const environment = fakeEnvironment()
  const open = () => LocalData.open({ storage, tabs: tabsOfOneProcess().open('ann'), environment })
  expect([(await open()).replica.device, (await open()).replica.device]).toEqual(['id-1', 'id-1'])
})
