import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemEnvironment } from '../environment.ts'
import { scriptedRealtime } from '../test/scripted-realtime.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { supabasePokes } from './realtime.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)
const topic = 'sync:ann'
const poke = (payload: unknown) => ({ type: 'broadcast', event: 'poke', payload })
const ready = { extension: 'system', status: 'ok', message: 'Replication connection established', channel: topic }

/** An engine of Ann's that listens to a Realtime that does as told. */
async function listening(realtime = scriptedRealtime()) {
  await realtime.signIn()
  const environment = fakeEnvironment(1_000_000, async () => void (await pass(1)))
  const device = await openTestEngine({ environment, parts: { listenForPokes: supabasePokes(realtime.supabase, systemEnvironment) } })
  await pass(10)
  const pulls = async (work: () => unknown) => {
    await pass(10)
    const { length } = device.server.pulls
    await work()
    await pass(10)
    return device.server.pulls.length - length
  }
  return { ...device, realtime, pulls }
}

test('[PL2] complaint 2: the channel is joined before the server hears the database: it is pulled when it does, and once', async () => {
  const { realtime, pulls } = await listening()
  expect(realtime.joins).toMatchObject([{ topic, config: { private: true, broadcast: { replication_ready: true } } }])
  expect(await pulls(() => pass(500))).toBe(0)
  expect(await pulls(() => realtime.tell(topic, 'system', ready))).toBe(1)
  expect(await pulls(() => pass(4_000))).toBe(0)
})

test('[PL2] complaint 2: of a server that does not say so it is asked after two seconds, and once more when it says so then', async () => {
  const { realtime, pulls } = await listening()
  expect(await pulls(() => pass(3_000))).toBe(1)
  expect(await pulls(() => realtime.tell(topic, 'system', ready))).toBe(1)
})

test('[PL2] a channel that is lost before the server hears the database was none', async () => {
  const { realtime, pulls } = await listening()
  realtime.isUp = false
  realtime.cut()
  expect(await pulls(() => pass(4_000))).toBe(0)
})

test.each([
  ['of another kind', { ...ready, extension: 'postgres_changes' }],
  ['that something failed', { ...ready, status: 'error' }],
  ['of no form', {}],
])('[PL2] a notice %s is no such news', async (_, notice) => {
  const { realtime, pulls } = await listening()
  expect(await pulls(() => realtime.tell(topic, 'system', notice))).toBe(0)
})

test('[PL2] complaint 1: each time the channel is joined again all that is new is pulled', async () => {
  const { realtime, pulls } = await listening()
  realtime.tell(topic, 'system', ready)
  expect(await pulls(() => realtime.cut())).toBe(0)
  expect(await pulls(() => pass(4_000))).toBe(1)
  realtime.end(topic)
  expect(await pulls(() => pass(4_000))).toBe(1)
})

test('[PL2] complaint 1: a line that is dead without a word is found out within a minute, and what it swallowed is pulled', async () => {
  const { realtime, pulls } = await listening()
  realtime.tell(topic, 'system', ready)
  realtime.isSilent = true
  expect(await pulls(() => pass(60_000))).toBe(0)
  realtime.isSilent = false
  expect(await pulls(() => pass(15_000))).toBe(1)
  expect(realtime.joined()).toEqual([topic])
})

test('[PL2] a poke pulls; what is none does nothing', async () => {
  const { realtime, pulls } = await listening()
  expect(await pulls(() => realtime.tell(topic, 'broadcast', poke({ scope: 'lakes', seq: 7 })))).toBe(1)
  expect(await pulls(() => realtime.tell(topic, 'broadcast', poke({ scope: 'lakes' })))).toBe(1)
  for (const odd of [null, 'lakes', {}, { scope: 7 }, { scope: null, seq: 7 }, []]) {
    expect(await pulls(() => realtime.tell(topic, 'broadcast', poke(odd)))).toBe(0)
  }
  expect(await pulls(() => realtime.tell(topic, 'broadcast', { type: 'broadcast', event: 'other', payload: { scope: 'lakes' } }))).toBe(0)
})

test('[PL2] [C9] a burst of pokes is one pull', async () => {
  const { realtime, pulls } = await listening()
  const burst = () => {
    for (let seq = 1; seq <= 200; seq += 1) realtime.tell(topic, 'broadcast', poke({ scope: seq % 2 === 0 ? 'lakes' : 'alps', seq }))
  }
  expect(await pulls(burst)).toBe(1)
})

test('[ID2] the channel of who signs out is left', async () => {
  const { realtime, engine } = await listening()
  await engine.close()
  await pass(10)
  expect(realtime.joined()).toEqual([])
})
