import { expect, test } from 'vitest'
import { rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { gate } from '../testing/gate.ts'
import { applied, pageOf, pushResult, scriptedServer } from '../testing/scripted-server.ts'
import { tabsOfOneProcess } from '../testing/tabs-of-one-process.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'
import type { PullPage, PushResult, Storage } from './ports.ts'

const tent = { tripId: 'lakes', name: 'Tent' }

/** Tabs of one device, the first of which leads; each has a server of its own, so that it can be told who asks. */
async function tabs(count: number) {
  const [storage, environment, shared] = [memoryStorage(), fakeEnvironment(), tabsOfOneProcess()]
  const open = () => openTestEngine({ storage, environment, server: scriptedServer(), parts: { openTabs: shared.open } })
  const all = [await open()]
  while (all.length < count) all.push(await open())
  /** Which of them talk to the network, at least every 8 seconds. */
  const leaders = async () => {
    const before = all.map(({ server }) => server.pulls.length)
    await environment.advance(8_000)
    return all.map(({ server }, place) => server.pulls.length > before[place]!)
  }
  return { all, environment, storage, shared, leaders, controls: shared.controls }
}

test('[TB2] a leader that gives no sign of life is replaced, by one tab; a leader that answers is not', async () => {
  const { environment, leaders, controls } = await tabs(3)
  await environment.advance(120_000)
  expect(await leaders()).toEqual([true, false, false])
  controls[0]!.freeze()
  await environment.advance(15_000)
  expect((await leaders()).slice(1).filter(Boolean)).toHaveLength(1)
})

test('[TB2] a thawed leader commits nothing of what it was about to, steps down, and shows what the new one did', async () => {
  const { all: [old, young], environment, controls, leaders } = await tabs(2)
  const late = gate<PullPage>()
  old!.server.onPull = () => late.passed
  old!.engine.syncNow()
  await environment.settle()
  controls[0]!.freeze()
  young!.server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '2' }, rows: [rowOf({ version: 2, fields: { ...tent, name: 'Big tent' } })] }))
  await environment.advance(20_000)
  expect(young!.shown('items', 'tent')).toMatchObject({ name: 'Big tent' })
  // The answer comes before the news that another tab leads: only the term can tell.
  late.open(pageOf({ cursors: { lakes: '1' }, rows: [rowOf({ version: 1 }), rowOf({ id: 'cup', version: 1 })] }))
  await environment.settle()
  controls[0]!.thaw()
  await environment.advance(100)
  expect(await leaders()).toEqual([false, true])
  for (const { shown } of [old!, young!]) expect([shown('items', 'tent'), shown('items', 'cup')]).toEqual([{ ...tent, name: 'Big tent' }, undefined])
  expect(old!.state().lastError).toBeNull()
})

test('[TB2] [PU1] an answer to a push that a thawed leader gets late is left to the new one, which sends the same ops again', async () => {
  const { all: [old, young], environment, controls } = await tabs(2)
  const late = gate<PushResult>()
  old!.server.onPush = () => late.passed
  old!.edit(undefined, tent)
  await environment.settle()
  controls[0]!.freeze()
  await environment.advance(20_000)
  const [sent] = old!.server.pushes
  expect(young!.server.pushes).toEqual([sent])
  controls[0]!.thaw()
  late.open(pushResult(sent!.map((op) => applied(op))))
  await environment.advance(100)
  expect([old!, young!].map(({ state }) => state().pending)).toEqual([0, 0])
})

test('[TB1] a thawed leader records what is done in it, and the new one sends it', async () => {
  const { all: [old, young], environment, controls } = await tabs(2)
  controls[0]!.freeze()
  await environment.advance(20_000)
  old!.edit(undefined, tent)
  await environment.advance(100)
  expect(young!.server.pushes).toMatchObject([[{ id: 'tent', kind: 'create' }]])
  expect(old!.state().storage).toBeNull()
})

test('[TB2] a tab that was deposed leads again when the others have ended, and asks the server for everything', async () => {
  const { all: [old, young], environment, controls, leaders } = await tabs(2)
  old!.server.onPull = ({ etag }) => Promise.resolve(etag === 'before' ? 'unchanged' : pageOf({ etag: 'before', cursors: { lakes: '1' } }))
  await environment.advance(20_000)
  expect(old!.server.pulls.at(-1)).toMatchObject({ etag: 'before' })
  controls[0]!.freeze()
  await environment.advance(20_000)
  controls[0]!.thaw()
  await environment.settle()
  expect(await leaders()).toEqual([false, true])
  await young!.engine.close()
  const before = old!.server.pulls.length
  await environment.advance(100)
  expect((await leaders())[0]).toBe(true)
  expect(old!.server.pulls.slice(before)[0]).toMatchObject({ etag: null })
})

test('[TB2] a leader that nobody has seen for half a minute hands over to a tab that somebody sees, and to no other', async () => {
  const { environment, controls, leaders } = await tabs(3)
  controls[0]!.hidden = true
  controls[1]!.hidden = true
  await environment.advance(12_000)
  expect(await leaders()).toEqual([true, false, false])
  await environment.advance(30_000)
  expect(await leaders()).toEqual([false, false, true])
})

test('nothing runs by the clock for the sake of other tabs in a tab that leads', async () => {
  const { environment, shared, all } = await tabs(1)
  all[0]!.engine.pause('user')
  const [timers, told] = [environment.delays.length, shared.told.length]
  await environment.advance(600_000)
  expect([environment.delays.length, shared.told.length]).toEqual([timers, told])
})

test('[TB2] a storage that refuses a leader’s term is asked again; until then the tab sends nothing', async () => {
  const storage = memoryStorage()
  let refuses = true
  const moody = { ...storage, commit: (write: Parameters<typeof storage.commit>[0]) => (refuses && write.term === 'next' ? Promise.reject(new Error('full')) : storage.commit(write)) }
  const { server, environment } = await openTestEngine({ storage: moody })
  await environment.advance(10_000)
  expect(server.pulls).toHaveLength(0)
  refuses = false
  await environment.advance(1_000)
  expect(server.pulls.length).toBeGreaterThan(0)
})

test('[TB2] a tab that is deposed while it begins a term writes on as any other tab, and not in that term', async () => {
  const [storage, environment, shared] = [memoryStorage(), fakeEnvironment(), tabsOfOneProcess()]
  const begun = gate()
  const slow: Storage = {
    ...storage,
    commit: async (write) => {
      const committed = await storage.commit(write)
      if (write.term === 'next') await begun.passed
      return committed
    },
  }
  const parts = { openTabs: shared.open }
  const deposed = await openTestEngine({ storage: slow, environment, parts })
  shared.controls[0]!.hidden = true
  const leader = await openTestEngine({ storage, environment, parts })
  // Nobody sees the first one: it loses the lead to the other.
  await environment.advance(60_000)
  expect(leader.state().paused).toEqual([])
  begun.open()
  await environment.settle()
  await deposed.engine.hold('items')
  expect(leader.state().held).toEqual(['items'])
  expect(deposed.state().paused).toEqual(['follower'])
})
