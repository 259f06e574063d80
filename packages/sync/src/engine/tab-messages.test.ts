import { expect, test, vi } from 'vitest'
import { keys } from '../core/records.ts'
import { changeOf, rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { pageOf, scriptedServer } from '../testing/scripted-server.ts'
import { tabsOfOneProcess } from '../testing/tabs-of-one-process.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'
import { sealedWrite } from './opening.ts'
import type { Storage } from './ports.ts'

const tent = { tripId: 'lakes', name: 'Tent' }
const made = changeOf({ kind: 'create', patch: tent, baseValues: {}, baseVersion: null })

async function twoTabs() {
  const shared = { storage: memoryStorage(), server: scriptedServer(), environment: fakeEnvironment() }
  const process = tabsOfOneProcess()
  const given = { ...shared, online: false, parts: { openTabs: process.open } }
  const [leader, follower] = [await openTestEngine(given), await openTestEngine(given)]
  await shared.environment.advance(1_000)
  const shown = () => [leader, follower].map((tab) => tab.shown('items', 'tent'))
  return { leader, follower, ...shared, process, shown }
}

const page = (name: string) => [keys.page('items', 'lakes', 0), { rows: [rowOf({ fields: { ...tent, name } })] }] as const

test('[TB2] a message of a tab that has ended comes after the next leader has read the storage, and changes nothing', async () => {
  const { storage, shown, process, environment, leader } = await twoTabs()
  const { number } = await storage.commit(sealedWrite({ puts: [page('Old tent')] }))
  await storage.commit(sealedWrite({ puts: [page('Tent')] }))
  for (const { miss } of process.controls) miss('unknown')
  await environment.settle()
  // The message of the first of the two.
  process.open('ann').tell({ is: 'commit', number, puts: [page('Old tent')], deletes: [] })
  await environment.advance(1_000)
  expect(shown()).toMatchObject([{ name: 'Tent' }, { name: 'Tent' }])
  expect(leader.state().pending).toBe(0)
})

test('[TB2] two messages that cross on their way leave what the storage holds', async () => {
  const { storage, shown, process, environment } = await twoTabs()
  const first = await storage.commit(sealedWrite({ puts: [page('Old tent')] }))
  const second = await storage.commit(sealedWrite({ puts: [page('Tent')] }))
  const [one, other] = [process.open('ann'), process.open('ann')]
  other.tell({ is: 'commit', number: second.number, puts: [page('Tent')], deletes: [] })
  expect(shown()).toMatchObject([{ name: 'Tent' }, { name: 'Tent' }])
  const read = vi.spyOn(storage, 'readAll')
  one.tell({ is: 'commit', number: first.number, puts: [page('Old tent')], deletes: [] })
  await environment.advance(1_000)
  expect(shown()).toMatchObject([{ name: 'Tent' }, { name: 'Tent' }])
  expect(read).not.toHaveBeenCalled()
})

test('[TB2] a commit that was never told is noticed by the number of the next one, and read within 100 ms', async () => {
  const { storage, shown, process, environment } = await twoTabs()
  await storage.commit(sealedWrite({ append: [made] }))
  const { number } = await storage.commit(sealedWrite({ puts: [[keys.held('people'), { collection: 'people', by: 'app' }]] }))
  process.open('ann').tell({ is: 'commit', number, puts: [[keys.held('people'), { collection: 'people', by: 'app' }]], deletes: [] })
  await environment.advance(100)
  expect(shown()).toEqual([tent, tent])
})

test('[TB2] a follower that was frozen catches up when it thaws, though not one message came to it', async () => {
  const { leader, follower, process, environment, shown, server } = await twoTabs()
  process.isLost = () => true
  server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: [rowOf()] }))
  leader.network('online')
  await environment.advance(10)
  expect(shown()).toEqual([rowOf().fields, undefined])
  process.controls[1]!.miss('away')
  await environment.settle()
  expect(shown()).toEqual([rowOf().fields, rowOf().fields])
  const read = vi.spyOn(follower.storage, 'readAll')
  process.controls[1]!.miss('away')
  await environment.settle()
  expect(read).not.toHaveBeenCalled()
})

test('[TB3] what a tab of another version tells is read from the storage; nothing of it or of this one is lost', async () => {
  const { leader, follower, storage, process, environment, server, shown } = await twoTabs()
  // A tab of before commits had numbers: it raises none, and its message makes no sense here.
  await storage.commit(sealedWrite({ append: [made] }))
  await storage.commit({ puts: [[keys.commits, await storage.lastCommit() - 1]] })
  for (const { miss } of process.controls) miss('unknown')
  await environment.settle()
  expect(shown()).toEqual([tent, tent])
  follower.edit(tent, { ...tent, name: 'Big tent' })
  leader.network('online')
  follower.network('online')
  await environment.advance(1_000)
  expect(server.pushes.flat()).toMatchObject([{ kind: 'create', patch: tent }, { kind: 'update', patch: { name: 'Big tent' } }])
  expect([leader, follower].map(({ state }) => state().pending)).toEqual([0, 0])
})

test('[TB2] a number that is not in the storage, as it was of a database that is gone, is looked for once', async () => {
  const storage = memoryStorage()
  let reads = 0
  const counting: Storage = { ...storage, readAll: () => storage.readAll().finally(() => (reads += 1)) }
  const { open: openTabs } = tabsOfOneProcess()
  const device = await openTestEngine({ storage: counting, online: false, parts: { openTabs } })
  const before = reads
  openTabs('ann').tell({ is: 'leader', number: 900, hidden: false })
  await device.environment.advance(10_000)
  expect(reads - before).toBe(1)
  device.edit(undefined, { tripId: 'lakes', name: 'Tent' })
  await device.environment.advance(1_000)
  expect(device.state().pending).toBe(1)
})

test('[TB2] a database that the browser has put in the place of the old one is known by its low numbers, and taken as it is', async () => {
  const { leader, environment, storage, process } = await twoTabs()
  await storage.commit(sealedWrite({ puts: [page('Tent')] }))
  process.controls[0]!.miss('unknown')
  await environment.settle()
  expect(leader.shown('items', 'tent')).toMatchObject({ name: 'Tent' })
  await storage.commit({ deletes: [page('Tent')[0]], puts: [[keys.commits, 1]] })
  process.controls[0]!.miss('unknown')
  await environment.settle()
  expect(leader.shown('items', 'tent')).toBeNull()
})

test('[TB2] what was missed in a storage that cannot be read is looked for again, without haste, and found', async () => {
  const { leader, storage, process, environment } = await twoTabs()
  const { number } = await storage.commit(sealedWrite({ append: [made] }))
  const read = vi.spyOn(storage, 'readAll').mockRejectedValue(new Error('unreadable'))
  process.controls[1]!.freeze()
  process.open('ann').tell({ is: 'leader', number, hidden: false })
  await environment.advance(5_000)
  expect(read.mock.calls.length).toBeGreaterThan(1)
  expect(read.mock.calls.length).toBeLessThan(10)
  read.mockRestore()
  await environment.advance(1_000)
  expect(leader.shown('items', 'tent')).toEqual(tent)
})
