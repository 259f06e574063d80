import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemEnvironment } from '../environment.ts'
import { scriptedRealtime } from '../test/scripted-realtime.ts'
import { keepChannel } from './kept-channel.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)

/** Keeps the channel `room` joined; `heard` has what came of it. */
async function roomIn(realtime = scriptedRealtime()) {
  await realtime.signIn()
  const heard: string[] = []
  const environment = { ...systemEnvironment, random: () => 0.5 }
  const keep = () =>
    keepChannel({
      supabase: realtime.supabase, environment, topic: 'room', config: { private: true },
      prepare: (channel) => void channel.on('broadcast', { event: 'news' }, () => heard.push('news')),
      onJoined: () => heard.push('joined'),
      onLost: () => heard.push('lost'),
    })
  const kept = keep()
  await pass(10)
  return { realtime, heard, kept, keep }
}

const tellNews = { type: 'broadcast', event: 'news', payload: {} }

test('[C9] a channel that the server ends is joined again, with ears', async () => {
  const { realtime, heard } = await roomIn()
  realtime.end('room')
  await pass(1_000)
  expect(heard).toEqual(['joined', 'lost', 'joined'])
  realtime.tell('room', 'broadcast', tellNews)
  expect(heard.at(-1)).toBe('news')
  expect(realtime.joined()).toEqual(['room'])
})

test('[C9] one that is refused is asked for ever more rarely, and once a minute in the end', async () => {
  const realtime = scriptedRealtime()
  realtime.mayJoin = () => false
  await roomIn(realtime)
  await pass(1_800_000)
  // Half an hour: later the session is renewed, and that is a reason to try.
  const waits = realtime.joins.slice(1).map(({ time }, index) => Math.round((time - realtime.joins[index]!.time) / 1_000))
  expect(waits.slice(0, 7)).toEqual([1, 2, 3, 6, 12, 24, 45])
  expect(new Set(waits.slice(6))).toEqual(new Set([45]))
})

test('[C9] one that is ended as soon as it is joined is no better than a refused one; one that lasted is', async () => {
  const { realtime } = await roomIn()
  const endings = setInterval(() => realtime.end('room'), 20)
  await pass(60_000)
  expect(realtime.joins.length).toBeLessThan(8)
  clearInterval(endings)
  await pass(120_000)
  realtime.end('room')
  const { length } = realtime.joins
  await pass(1_000)
  expect(realtime.joins).toHaveLength(length + 1)
})

test('[C9] a session that is renewed ends the wait, and the new token is asked with', async () => {
  const realtime = scriptedRealtime()
  realtime.mayJoin = ({ token }) => token !== 'token-1'
  const { heard } = await roomIn(realtime)
  await pass(300_000)
  expect(heard).not.toContain('joined')
  await realtime.renew()
  await pass(10)
  expect(realtime.joins.at(-1)).toMatchObject({ token: 'token-2' })
  expect(heard.at(-1)).toBe('joined')
})

test('[C9] a socket that is lost leads to one join when it is back, not to a second channel', async () => {
  const { realtime, heard } = await roomIn()
  realtime.isUp = false
  realtime.cut()
  await pass(120_000)
  expect(realtime.joins).toHaveLength(1)
  realtime.isUp = true
  await pass(20_000)
  expect(realtime.joins).toHaveLength(2)
  expect([heard[1], heard.at(-1)]).toEqual(['lost', 'joined'])
  expect(realtime.joined()).toEqual(['room'])
})

test.each([
  ['', true],
  [', without a socket too', false],
])('[C9] a topic that is left and wanted again at once has one channel%s', async (_, isUp) => {
  const { realtime, heard, kept, keep } = await roomIn()
  realtime.isUp = isUp
  if (!isUp) realtime.cut()
  await pass(10)
  kept.stop()
  keep()
  realtime.isUp = true
  await pass(20_000)
  expect([heard[0], heard.at(-1)]).toEqual(['joined', 'joined'])
  expect(realtime.joined()).toEqual(['room'])
  expect(realtime.supabase.getChannels()).toHaveLength(1)
})

test.each([
  ['joined', ['joined']],
  ['waiting for its next attempt', ['joined', 'lost']],
])('[C9] what is stopped while it is %s joins nothing more, and tells nothing', async (state, told) => {
  const { realtime, heard, kept } = await roomIn()
  if (state !== 'joined') realtime.end('room')
  kept.stop()
  await realtime.renew()
  kept.tryNow()
  await pass(120_000)
  expect(realtime.joins).toHaveLength(1)
  expect(heard).toEqual(told)
})
