import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { changeOf } from '../testing/builders.ts'
import { reduceEvent } from '../core/reduce-event.ts'
import { initialSyncState, statusOf } from '../core/status.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { gate } from '../testing/gate.ts'
import { tabsOfOneProcess } from '../testing/tabs-of-one-process.ts'
import { signedIn, tentEdit, userDevice, type UserDeviceParts } from '../testing/user-device.ts'
import { guest } from './adoption.ts'
import { memoryStorage } from './memory-storage.ts'
import { sealedWrite } from './opening.ts'
import type { Storage } from './ports.ts'

function memoryStore(stores: Map<string, Storage>, user: string): Storage {
  const store = stores.get(user) ?? memoryStorage()
  stores.set(user, store)
  return store
}

test('the data of a remembered user are shown before anything is known of the session; without it a guest’s are', async () => {
  const known = userDevice({ last: 'ann' })
  await known.current.start()
  expect(known.state().user).toBe('ann')
  const unknown = userDevice()
  const started = unknown.current.start()
  await unknown.session({ is: 'unknown' })
  await started
  expect(unknown.state()).toMatchObject({ user: null, paused: ['signed-out'] })
})

test('edits made before the data were there are recorded when they are, once', async () => {
  const { current, session, environment, server } = userDevice()
  const started = current.start()
  current.record({ edits: [{ ...tentEdit, id: 'cup' }], atomic: false })
  await session(signedIn('ann'))
  await started
  await session(signedIn('ann'))
  await environment.advance(100)
  expect(server.pushes.map((ops) => ops.map(({ id }) => id))).toEqual([['tent', 'cup']])
})

test('[OB2] flush waits for the data to be open, and then for the edits made before', async () => {
  const { current, stores } = userDevice({ last: 'ann' })
  const started = current.start()
  await current.flush()
  const stored = await stores.get('ann')!.readAll()
  expect(stored.map(([key]) => key)).toContain(keys.change(1))
  await started
})

test('[ID1] an expired session keeps the user’s data on screen; a sign-in lifts the pause', async () => {
  const { current, session, state, happened } = userDevice({ last: 'ann' })
  await current.start()
  await session({ is: 'unknown' })
  expect(state().user).toBe('ann')
  current.running().pause('signed-out')
  await session({ is: 'unknown' })
  expect(state()).toMatchObject({ user: 'ann', paused: ['signed-out'] })
  await session(signedIn('ann'))
  expect(state()).toMatchObject({ user: 'ann', paused: [] })
  expect(happened.slice(-1)).toEqual(['open ann'])
})

test('[ID1] a token that has been refused, and is told again, asks nobody a second time: it is renewed, if it can be by now', async () => {
  let refreshes = 0
  const { current, session, state, events, environment } = userDevice({ last: 'ann', parts: { refreshSession: () => ((refreshes += 1), Promise.resolve('sign-in')) } })
  await current.start()
  await session({ is: 'signed-in', user: 'ann', again: true })
  expect(refreshes).toBe(0)
  current.running().pause('signed-out')
  const before = events.length
  await session({ is: 'signed-in', user: 'ann', again: true })
  await environment.advance(1_000)
  expect([refreshes, state().paused, events.slice(before)]).toEqual([1, ['signed-out'], []])
  await session(signedIn('ann'))
  expect(state().paused).toEqual([])
})

describe('[ID2] another user at the same device', () => {
  test('sees and sends nothing of the one before, whose unsent changes wait in their own storage', async () => {
    const { current, session, environment, state, server, happened, remembered } = userDevice({ last: 'ann', online: true })
    await current.start()
    current.running().pause('user')
    await environment.advance(100)
    expect(state().pending).toBe(1)
    await session({ is: 'signed-out' })
    expect([state().user, state().pending, remembered()]).toEqual([null, 0, null])
    await session(signedIn('ben'))
    await environment.advance(1_000)
    expect(state()).toMatchObject({ user: 'ben', pending: 0 })
    expect(server.pushes).toEqual([])
    await session(signedIn('ann'))
    await environment.advance(100)
    expect(server.pushes.map((ops) => ops.map(({ id }) => id))).toEqual([['tent']])
    expect(happened).toEqual(['open ' + guest, 'open ann', 'clear', 'open ' + guest, 'open ' + guest, 'open ben', 'clear', 'clear', 'open ' + guest, 'open ann'])
  })

  test('comes only after the one before has been closed, however fast they change', async () => {
    const { current, session, state, happened } = userDevice({ last: 'ann' })
    await Promise.all([current.start(), session(signedIn('ann')), session(signedIn('ben')), session(signedIn('cleo'))])
    expect(state().user).toBe('cleo')
    expect(happened.filter((event) => event !== 'open ' + guest)).toEqual(['open ann', 'clear', 'open ben', 'clear', 'open cleo'])
  })
})

test('who is not signed in is told so by code', () => {
  expect(() => userDevice().current.running()).toThrow(expect.objectContaining({ name: 'SyncError', code: 'signed-out' }))
})

test('[OB2] stop ends everything, and what was edited is durable', async () => {
  const { current, stores, happened } = userDevice({ last: 'ann', online: false })
  await current.start()
  await current.stop()
  expect(current.engine).toBeNull()
  expect(happened).toEqual(['open ' + guest, 'open ann', 'unfollow'])
  expect((await stores.get('ann')!.readAll()).map(([key]) => key.split('/')[0])).toContain('change')
})

const guestDevice = (given: UserDeviceParts = {}) => userDevice({ early: [], ...given })

describe('[ID4] a guest', () => {
  const cup = { edits: [{ ...tentEdit, id: 'cup' }], atomic: false }

  test('sees their work, which is durable and goes nowhere', async () => {
    const stores = new Map<string, Storage>()
    const first = guestDevice({ stores })
    void first.current.start()
    await first.session({ is: 'unknown' })
    first.current.record(cup)
    await first.current.flush()
    await first.environment.advance(60_000)
    expect([first.state().user, first.state().pending, first.state().paused]).toEqual([null, 1, ['signed-out']])
    const again = guestDevice({ stores })
    void again.current.start()
    await again.session({ is: 'unknown' })
    await again.environment.advance(60_000)
    expect(again.shown('items', 'cup')).toEqual(tentEdit.after)
    for (const { server } of [first, again]) expect([server.pushes, server.pulls]).toEqual([[], []])
  })

  test('who signs in keeps what they made, on screen and under the same ids, and it is sent as theirs, once', async () => {
    const device = guestDevice()
    void device.current.start()
    await device.session({ is: 'unknown' })
    device.current.record({ edits: [tentEdit], atomic: false })
    await device.session(signedIn('ann'))
    device.current.record(cup)
    await device.environment.advance(1_000)
    expect(device.server.pushes.flat().map(({ id }) => id)).toEqual(['tent', 'cup'])
    expect([device.shown('items', 'tent'), device.state().user, device.state().pending]).toEqual([tentEdit.after, 'ann', 0])
    await device.session({ is: 'signed-out' })
    expect(device.state()).toMatchObject({ user: null, pending: 0 })
    await device.session(signedIn('ben'))
    await device.environment.advance(1_000)
    expect(device.server.pushes).toHaveLength(1)
  })

  test('is never told that all is saved while what they made is on its way to the account, in any of two tabs', async () => {
    const opening = gate()
    const stores = new Map<string, Storage>()
    const environment = fakeEnvironment()
    const processes = new Map([guest, 'ann'].map((user) => [user, tabsOfOneProcess()]))
    const through: UserDeviceParts['through'] = (open) => async (user) => (user === 'ann' && (await opening.passed), open(user))
    const tabs = [0, 1].map(() => guestDevice({ stores, environment, through, parts: { openTabs: (user) => processes.get(user)!.open(user) } }))
    for (const { current, session } of tabs) {
      void current.start()
      await session({ is: 'unknown' })
    }
    tabs[0]!.current.record({ edits: [tentEdit], atomic: false })
    await environment.settle()
    expect(tabs.map(({ state }) => statusOf(state()))).toEqual([0, 1].map(() => ({ kind: 'sign-in', pending: 1 })))
    const before = tabs.map(({ events }) => events.length)
    for (const { server } of tabs) server.onPush = () => new Promise(() => {})
    await Promise.all(tabs.map(({ session }) => session(signedIn('ann'))))
    opening.open()
    await environment.advance(1_000)
    expect(tabs.map(({ state }) => state().pending)).toEqual([1, 1])
    for (const [index, { events }] of tabs.entries()) {
      const told = events.slice(before[index]).map((_, count) => statusOf(events.slice(0, before[index]! + count + 1).reduce(reduceEvent, initialSyncState)).kind)
      expect(told).toContain('starting')
      expect(told).toContain('waiting')
      expect(told).not.toContain('saved')
    }
  })

  test('what they edit while they sign in is theirs as well', async () => {
    const opening = gate()
    const device = guestDevice({ through: (open) => async (user) => (user === 'ann' && (await opening.passed), open(user)) })
    void device.current.start()
    await device.session({ is: 'unknown' })
    await device.session(signedIn('ann'))
    device.current.record(cup)
    opening.open()
    await device.environment.advance(1_000)
    expect(device.server.pushes.flat().map(({ id }) => id)).toEqual(['cup'])
    expect(device.state()).toMatchObject({ user: 'ann', pending: 0 })
  })

  test('work that cannot be adopted now is told, stays, and comes at the next start; the user’s own data open all the same', async () => {
    let isBroken = true
    const stores = new Map<string, Storage>()
    const broken = guestDevice({ stores, through: (open) => (user) => (user === guest && isBroken ? Promise.reject(new Error('unreadable')) : open(user)) })
    await memoryStore(stores, guest).commit(sealedWrite({ append: [changeOf({ user: guest, kind: 'create' })] }))
    void broken.current.start()
    await broken.session(signedIn('ann'))
    expect(broken.state()).toMatchObject({ user: 'ann', pending: 0 })
    expect(broken.events.filter(({ type }) => type === 'storageFailed')).toHaveLength(1)
    await broken.current.stop()
    isBroken = false
    const next = guestDevice({ stores, last: 'ann' })
    await next.current.start()
    await next.environment.advance(1_000)
    expect(next.server.pushes.flat().map(({ id }) => id)).toEqual(['tent'])
  })
})

test('[TB3] a tab that hears a newer version of the app tells so once, whoever is signed in then, and goes on', async () => {
  const process = tabsOfOneProcess()
  const { current, session, state, events, environment, server } = userDevice({ last: 'ann', parts: { openTabs: process.open } })
  await current.start()
  expect(state().outdated).toBe(false)
  process.controls.at(-1)!.miss('newer')
  process.controls.at(-1)!.miss('newer')
  await environment.advance(100)
  expect(state()).toMatchObject({ user: 'ann', outdated: true, pending: 0 })
  expect(server.pushes).toHaveLength(1)
  await session(signedIn('ben'))
  expect(state()).toMatchObject({ user: 'ben', outdated: true })
  expect(events.filter(({ type }) => type === 'outdated')).toHaveLength(1)
})

test('[ID4] guest work that could not be adopted at the sign-in is, once, when its storage can be read again, while the user goes on', async () => {
  let isBroken = true
  const stores = new Map<string, Storage>()
  const through: UserDeviceParts['through'] = (open) => (user) => (user === guest && isBroken ? Promise.reject(new Error('unreadable')) : open(user))
  const { current, session, environment, server, events, state, shown } = guestDevice({ stores, through })
  await memoryStore(stores, guest).commit(sealedWrite({ append: [changeOf({ user: guest, kind: 'create', patch: tentEdit.after })] }))
  void current.start()
  await session(signedIn('ann'))
  await environment.advance(35_000)
  expect(events.filter(({ type }) => type === 'storageFailed')).toHaveLength(1)
  isBroken = false
  await environment.advance(11_000)
  expect(server.pushes.flat().map(({ id }) => id)).toEqual(['tent'])
  expect([shown('items', 'tent'), state().pending]).toEqual([tentEdit.after, 0])
  await environment.advance(60_000)
  expect(server.pushes).toHaveLength(1)
})

test('a storage that cannot be opened is told; when the session comes it is tried again', async () => {
  let broken = true
  const stores = new Map<string, Storage>()
  const openStorage = () => (broken ? Promise.reject(new Error('blocked')) : Promise.resolve(memoryStorage()))
  const { current, session, state } = userDevice({ last: 'ann', stores, parts: { openStorage } })
  await expect(current.start()).rejects.toThrow('blocked')
  expect(state()).toMatchObject({ durable: false, lastError: { kind: 'storage' } })
  await session(signedIn('ann'))
  expect(state().durable).toBe(false)
  broken = false
  await session(signedIn('ann'))
  expect(state()).toMatchObject({ user: 'ann', durable: true })
})
