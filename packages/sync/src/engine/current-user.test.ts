import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { signedIn, tentEdit, userDevice } from '../testing/user-device.ts'
import { memoryStorage } from './memory-storage.ts'
import type { Storage } from './ports.ts'

test('the data of a remembered user are shown before anything is known of the session; without it nobody’s are', async () => {
  const known = userDevice({ last: 'ann' })
  await known.current.start()
  expect(known.state().user).toBe('ann')
  const unknown = userDevice()
  const started = unknown.current.start()
  await unknown.session({ is: 'unknown' })
  await started
  expect(unknown.state()).toMatchObject({ user: null, phase: 'idle' })
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
  await session(signedIn('ann'))
  expect(state()).toMatchObject({ user: 'ann', paused: [] })
  expect(happened).toEqual(['open ann'])
})

describe('[ID2] another user at the same device', () => {
  test('sees and sends nothing of the one before, whose unsent changes wait in their own storage', async () => {
    const { current, session, environment, state, server, happened, remembered } = userDevice({ last: 'ann', online: true })
    await current.start()
    current.running().pause('user')
    await environment.advance(100)
    expect(state().pending).toBe(1)
    await session({ is: 'signed-out' })
    expect([state().user, state().pending, remembered(), current.engine]).toEqual([null, 0, null, null])
    await session(signedIn('ben'))
    await environment.advance(1_000)
    expect(state()).toMatchObject({ user: 'ben', pending: 0 })
    expect(server.pushes).toEqual([])
    await session(signedIn('ann'))
    await environment.advance(100)
    expect(server.pushes.map((ops) => ops.map(({ id }) => id))).toEqual([['tent']])
    expect(happened).toEqual(['open ann', 'clear', 'open ben', 'clear', 'open ann'])
  })

  test('comes only after the one before has been closed, however fast they change', async () => {
    const { current, session, state, happened } = userDevice({ last: 'ann' })
    await Promise.all([current.start(), session(signedIn('ann')), session(signedIn('ben')), session(signedIn('cleo'))])
    expect(state().user).toBe('cleo')
    expect(happened).toEqual(['open ann', 'clear', 'open ben', 'clear', 'open cleo'])
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
  expect(happened).toEqual(['open ann', 'unfollow'])
  expect((await stores.get('ann')!.readAll()).map(([key]) => key.split('/')[0])).toEqual(['change', 'commits', 'device', 'sequence', 'term'])
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
