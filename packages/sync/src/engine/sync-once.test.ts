import { expect, test } from 'vitest'
import { changeOf, recordsIn } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { pageOf, pushResult } from '../testing/scripted-server.ts'
import { tabsOfOneProcess } from '../testing/tabs-of-one-process.ts'
import { testDevice, type TestDeviceParts } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'
import { sealedWrite } from './opening.ts'
import { TransportError } from './ports.ts'
import { syncOnce, type SyncedOnce } from './sync-once.ts'

/** A worker that is woken while a change of Ann's waits. */
async function woken(given: TestDeviceParts = {}) {
  const storage = memoryStorage()
  await storage.commit(sealedWrite({ append: [changeOf({ kind: 'create' })] }))
  const environment = fakeEnvironment()
  const device = testDevice({ environment, ...given, parts: { openStorage: () => Promise.resolve(storage), ...given.parts } })
  const kinds = async () => new Set([...(await recordsIn(storage)).keys()].map((key) => key.split('/')[0]!))
  return { ...device, storage, environment, kinds, run: () => syncOnce(device.parts, 'ann') }
}

async function after(work: Promise<SyncedOnce>, { environment }: { readonly environment: { readonly advance: (milliseconds: number) => Promise<void> } }, milliseconds = 2_000) {
  await environment.advance(milliseconds)
  return work
}

test('[TB1] what waits is sent, what is new is fetched, and it ends', async () => {
  const device = await woken()
  device.server.onPull = () => Promise.resolve(pageOf())
  expect(await after(device.run(), device)).toEqual({ outcome: 'done', needsPerson: 0 })
  expect(device.server.pushes).toHaveLength(1)
  expect((await device.kinds()).has('change')).toBe(false)
  const { length } = device.server.pulls
  await device.environment.advance(600_000)
  expect([length > 0, device.server.pulls.length]).toEqual([true, length])
})

test('[OB4] a request that fails ends it: what waits is kept for the next time', async () => {
  const device = await woken()
  device.server.onPush = () => Promise.reject(new TransportError('no', { kind: 'network', code: 'fetch' }))
  expect(await after(device.run(), device)).toEqual({ outcome: 'later', needsPerson: 0 })
  expect((await device.kinds()).has('change')).toBe(true)
})

test.each([
  ['refreshed', 'done'],
  ['sign-in', 'sign-in'],
] as const)('[ID1] a token that has expired: a refresh that ends as "%s" makes it "%s"', async (refreshed, outcome) => {
  const device = await woken({ parts: { refreshSession: () => Promise.resolve(refreshed) } })
  const { onPush } = device.server
  device.server.onPush = (batch) => {
    device.server.onPush = onPush
    return batch.ops.length === 0 ? onPush(batch) : Promise.reject(new TransportError('expired', { kind: 'auth', code: 'PGRST303' }))
  }
  expect(await after(device.run(), device)).toMatchObject({ outcome })
  expect((await device.kinds()).has('change')).toBe(outcome !== 'done')
})

test('[OB7] what is refused, and now needs a person, is counted', async () => {
  const device = await woken()
  device.server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(({ opId }) => ({ opId, status: 'forbidden', code: '42501', message: 'no' }))))
  expect(await after(device.run(), device)).toEqual({ outcome: 'done', needsPerson: 1 })
})

test('[TB1] while a tab leads nothing is sent beside it; the tab’s word that all is sent is enough', async () => {
  const process = tabsOfOneProcess()
  const tab = process.open('ann')
  tab.campaign({ lead: () => new Promise(() => {}), onDeposed: () => {} })
  tab.listen({ onMessage: ({ is }) => is === 'question' && tab.tell({ is: 'leader', number: 2, hidden: false }), onMissed: () => {} })
  const device = await woken({ parts: { openTabs: (user) => process.open(user) } })
  const ended = device.run()
  await device.environment.advance(1_000)
  const { number } = await device.storage.commit({ deletes: ['change/0000000000000001'] })
  tab.tell({ is: 'commit', number, puts: [], deletes: ['change/0000000000000001'] })
  expect(await after(ended, device)).toEqual({ outcome: 'done', needsPerson: 0 })
  expect(device.server.pushes).toEqual([])
})

test('[TB1] a tab that leads and does not send within a minute leaves it for later', async () => {
  const process = tabsOfOneProcess()
  const tab = process.open('ann')
  tab.campaign({ lead: () => new Promise(() => {}), onDeposed: () => {} })
  tab.listen({ onMessage: ({ is }) => is === 'question' && tab.tell({ is: 'leader', number: 2, hidden: false }), onMissed: () => {} })
  const device = await woken({ parts: { openTabs: (user) => process.open(user) } })
  expect(await after(device.run(), device, 60_000)).toEqual({ outcome: 'later', needsPerson: 0 })
  expect(device.server.pushes).toEqual([])
})
