import { expect, test } from 'vitest'
import type { Environment } from '../engine/ports.ts'
import { scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { idbStorage } from './idb-storage.ts'
import { webTabs } from './tabs.ts'

const tent = { tripId: 'lakes', name: 'Tent' }
const realTime: Environment = {
  now: () => Date.now(),
  random: () => Math.random(),
  newId: () => crypto.randomUUID(),
  setTimer: (ring, delay) => {
    const timer = setTimeout(ring, delay)
    return () => clearTimeout(timer)
  },
}

test('[TB1] [TB2] [OB2] two tabs on real IndexedDB, locks and channels: each change is sent once, also when the leader ends', async () => {
  const openTabs = webTabs(crypto.randomUUID())
  const openStorage = idbStorage(crypto.randomUUID())
  const server = scriptedServer()
  const open = () => openTestEngine({ server, parts: { environment: realTime, openTabs, openStorage } })
  const leader = await open()
  await expect.poll(() => server.pulls.length).toBe(1)
  const follower = await open()

  follower.edit(undefined, tent)
  await expect.poll(() => [leader, follower].map(({ state }) => state().pending)).toEqual([0, 0])
  expect(leader.shown('items', 'tent')).toEqual(tent)

  await leader.engine.close()
  follower.edit(tent, { ...tent, name: 'Big tent' })
  await expect.poll(() => follower.state().pending).toBe(0)
  expect(server.pushes.map((ops) => ops.map(({ kind, sequences }) => [kind, sequences]))).toEqual([[['create', [1]]], [['update', [2]]]])
  await follower.engine.close()

  const reopened = await open()
  expect(reopened.shown('items', 'tent')).toEqual({ ...tent, name: 'Big tent' })
  await reopened.engine.close()
})
