import { expect, test } from 'vitest'
import type { Environment } from '../engine/ports.ts'
import { scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { keys } from '../core/records.ts'
import { databaseVersion, seal } from '../core/sealed.ts'
import { recordedOf } from '../testing/builders.ts'
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

/** What a tab of before writes had numbers does when its user makes a tent: it counts sequences alone, and tells in the old form. */
async function recordAsOldTab(name: string): Promise<void> {
  const change = recordedOf(1, { kind: 'create', patch: tent, baseValues: {}, baseVersion: null })
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const asked = indexedDB.open(name, databaseVersion)
    asked.addEventListener('success', () => resolve(asked.result))
    asked.addEventListener('error', () => reject(asked.error!))
  })
  const transaction = database.transaction('records', 'readwrite')
  transaction.objectStore('records').put({ ...seal(change), sequence: 1 }, keys.change(1))
  transaction.objectStore('records').put(1, keys.sequence)
  await new Promise((resolve) => transaction.addEventListener('complete', resolve))
  database.close()
  const channel = new BroadcastChannel(name)
  channel.postMessage({ version: 1, puts: [[keys.change(1), change]], deletes: [] })
  channel.close()
}

test('[TB3] what a tab of an older version records beside new ones is shown in them and sent, and theirs goes on', async () => {
  const prefix = crypto.randomUUID()
  const server = scriptedServer()
  const open = () => openTestEngine({ server, parts: { environment: realTime, openTabs: webTabs(prefix), openStorage: idbStorage(prefix) } })
  const leader = await open()
  await expect.poll(() => server.pulls.length).toBeGreaterThan(0)
  const follower = await open()
  await recordAsOldTab(`${prefix}:ann`)
  await expect.poll(() => [leader, follower].map(({ shown }) => shown('items', 'tent'))).toEqual([tent, tent])
  await expect.poll(() => server.pushes.flat().map(({ kind }) => kind)).toEqual(['create'])
  follower.edit(tent, { ...tent, name: 'Big tent' })
  await expect.poll(() => server.pushes.flat().map(({ kind, sequences }) => [kind, sequences])).toEqual([['create', [1]], ['update', [2]]])
  await follower.engine.close()
  await leader.engine.close()
})
