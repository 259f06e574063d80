import { expect, test } from 'vitest'
import { gate } from '../testing/gate.ts'
import { signedIn, tentEdit, userDevice, type UserDeviceParts } from '../testing/user-device.ts'
import { TransportError, type OpenTabs } from './ports.ts'

/** Ann's device, with a tent that waits to be sent. */
async function waiting(given: UserDeviceParts = {}) {
  const device = userDevice({ last: 'ann', ...given })
  await device.current.start()
  await device.environment.settle()
  return device
}

/** What there is in the store of a user, by kind of record. */
async function kindsIn({ stores }: Pick<ReturnType<typeof userDevice>, 'stores'>, user: string): Promise<Set<string>> {
  return new Set((await stores.get(user)!.readAll()).map(([key]) => key.split('/')[0]!))
}

/** What counts goes on counting, and tells nothing of anyone. */
const leftOver = new Set(['commits', 'sequence', 'term'])

/** Another tab talks to the network, and goes on. */
const neverLeads: OpenTabs = () => ({ campaign: () => ({ takeOver: () => {}, resign: () => {} }), isHidden: () => false, tell: () => {}, listen: () => () => {}, close: () => {} })

const unreachable = () => Promise.reject(new TransportError('no', { kind: 'network', code: 'fetch' }))

test('[ID3] `wait` sends first, and signs out when the server has everything', async () => {
  const device = await waiting()
  const left = device.current.signOut('wait')
  await device.environment.advance(100)
  await left
  expect(device.server.pushes.map((ops) => ops.map(({ id }) => id))).toEqual([['tent']])
  expect(device.state()).toMatchObject({ user: null, pending: 0 })
  expect([device.remembered(), device.happened.includes('end session')]).toEqual([null, true])
})

test('[ID3] `wait` tells the count and signs nobody out while a request fails', async () => {
  const device = await waiting()
  device.server.onPush = unreachable
  device.server.onPull = unreachable
  const left = device.current.signOut('wait').catch((error: unknown) => error)
  await device.environment.advance(100)
  expect(await left).toMatchObject({ name: 'SyncError', code: 'unsynced', count: 1 })
  expect([device.state().user, device.remembered(), device.happened.includes('end session')]).toEqual(['ann', 'ann', false])
})

test('[ID3] `wait` does not wait for a network that is not there', async () => {
  const device = await waiting({ online: false })
  await expect(device.current.signOut('wait')).rejects.toMatchObject({ code: 'unsynced', count: 1 })
})

test('[ID3] `wait` ends when the network goes meanwhile', async () => {
  const device = await waiting()
  device.server.onPush = () => new Promise(() => {})
  const left = device.current.signOut('wait').catch((error: unknown) => error)
  await device.environment.advance(100)
  device.network('offline')
  expect(await left).toMatchObject({ code: 'unsynced' })
})

test('[ID3] [ID1] `wait` outlasts a token that has expired', async () => {
  const device = await waiting({ parts: { refreshSession: () => Promise.resolve('refreshed') } })
  const { onPush } = device.server
  device.server.onPush = (batch) => {
    device.server.onPush = onPush
    return Promise.reject(new TransportError('expired', { kind: 'auth', code: 'PGRST303' })).then(() => onPush(batch))
  }
  const left = device.current.signOut('wait')
  await device.environment.advance(1_000)
  await left
  expect(device.state().user).toBeNull()
})

test('[ID3] `wait` gives up when nothing gets on for 10 s, as when another tab that sends has failed', async () => {
  const device = await waiting({ parts: { openTabs: neverLeads } })
  const left = device.current.signOut('wait').catch((error: unknown) => error)
  await device.environment.advance(10_000)
  expect(await left).toMatchObject({ code: 'unsynced' })
  expect(device.state().user).toBe('ann')
})

test('[ID3] what waits for a person is counted too', async () => {
  const device = await waiting()
  device.server.onPush = ({ ops }) => Promise.resolve({ user: 'ann', epoch: null, now: 0, answers: ops.map(({ opId }) => ({ opId, status: 'forbidden', code: '42501', message: 'no' })) })
  const left = device.current.signOut('wait').catch((error: unknown) => error)
  await device.environment.advance(100)
  expect(await left).toMatchObject({ code: 'unsynced', count: 1 })
  expect(device.state().rejected).toHaveLength(1)
})

test('[ID3] [ID2] `keep` leaves the work in its user’s store, and it goes out as theirs when they return', async () => {
  const device = await waiting({ online: false })
  await device.current.signOut('keep')
  expect(device.state()).toMatchObject({ user: null, pending: 0 })
  await device.session(signedIn('ben'))
  expect(device.state()).toMatchObject({ user: 'ben', pending: 0 })
  await device.session(signedIn('ann'))
  expect(device.state()).toMatchObject({ user: 'ann', pending: 1 })
  device.network('online')
  await device.environment.advance(100)
  expect(device.server.pushes.map((ops) => ops.map(({ id }) => id))).toEqual([['tent']])
})

test('[ID3] `wipe` leaves nothing of the user on the device but counters', async () => {
  const device = await waiting({ online: false })
  expect(await kindsIn(device, 'ann')).toEqual(new Set(['change', 'device', ...leftOver]))
  await device.current.signOut('wipe')
  expect(await kindsIn(device, 'ann')).toEqual(leftOver)
  await device.session(signedIn('ann'))
  expect(device.state()).toMatchObject({ user: 'ann', pending: 0 })
  expect(device.server.pushes).toEqual([])
})

test('[ID3] [TB2] `wipe` also takes what another tab wrote until the session had ended; one that leads still can write nothing afterwards', async () => {
  const ending = gate()
  const device = await waiting({ online: false, ending: () => ending.passed })
  const store = device.stores.get('ann')!
  const { term } = await store.commit({ term: 'next' })
  const left = device.current.signOut('wipe')
  await device.environment.settle()
  const { term: later } = await store.commit({ term: 'next', puts: [['page/items/lakes/0', 'late']] })
  ending.open()
  await left
  expect(await kindsIn(device, 'ann')).toEqual(leftOver)
  for (const old of [term, later]) await expect(store.commit({ term: old, puts: [['page/items/lakes/0', 'late']] })).rejects.toMatchObject({ code: 'outdated-term' })
})

test('[ID3] who signs in again at once is not wiped', async () => {
  const { passed, open } = gate()
  const device = await waiting({ online: false, ending: () => passed })
  const left = device.current.signOut('wipe')
  await device.environment.settle()
  await device.session(signedIn('ann'))
  device.current.record({ edits: [{ ...tentEdit, id: 'cup' }], atomic: false })
  open()
  await left
  await device.current.flush()
  expect(device.state()).toMatchObject({ user: 'ann', pending: 1 })
  expect(await kindsIn(device, 'ann')).toContain('change')
})
