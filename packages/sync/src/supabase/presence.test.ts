import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Present } from '../core/presence.ts'
import { systemEnvironment } from '../environment.ts'
import { scriptedRealtime } from '../test/scripted-realtime.ts'
import { supabasePresence } from './presence.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds)
const topic = 'sync:scope:lakes'
const self: Present = { user: 'ann', device: 'mine', where: null, since: 1 }
const ben: Present = { user: 'ben', device: 'phone', where: 'tent', since: 2 }

/** The trip `lakes` is open; `heard` has what came of it. */
async function lakes(realtime = scriptedRealtime()) {
  await realtime.signIn()
  const heard: unknown[] = []
  const line = supabasePresence(realtime.supabase, systemEnvironment)('lakes', {
    onJoined: () => heard.push('joined'),
    onPresent: (told) => heard.push(told.map((one) => (one as Present).user)),
    onLost: () => heard.push('lost'),
  })
  await pass(10)
  return { realtime, heard, line }
}

test('[C9] the channel of a scope is private, and there for presence', async () => {
  const { realtime, heard } = await lakes()
  expect(realtime.joins).toMatchObject([{ topic, config: { private: true, presence: { enabled: true } } }])
  expect(heard).toEqual(['joined'])
})

test('[C9] who is there is told as they come and go', async () => {
  const { realtime, heard } = await lakes()
  realtime.tell(topic, 'presence_state', { a: { metas: [{ ...self, phx_ref: '1' }] } })
  realtime.tell(topic, 'presence_diff', { joins: { b: { metas: [{ ...ben, phx_ref: '2' }] } }, leaves: {} })
  realtime.tell(topic, 'presence_diff', { joins: {}, leaves: { a: { metas: [{ ...self, phx_ref: '1' }] } } })
  expect(heard).toEqual(['joined', ['ann'], ['ann', 'ben'], ['ben']])
})

test('[C9] what a tab says goes out while it is joined, and not before', async () => {
  const realtime = scriptedRealtime()
  realtime.mayJoin = () => false
  const { line, heard } = await lakes(realtime)
  line.tell(self)
  expect(heard).toEqual(['lost'])
  realtime.mayJoin = () => true
  await pass(1_000)
  line.tell({ ...self, where: 'cup' })
  await pass(10)
  realtime.cut()
  await pass(10)
  line.tell({ ...self, where: 'rope' })
  await pass(20_000)
  expect(realtime.tracked(topic)).toEqual([{ ...self, where: 'cup' }])
  expect(heard).toEqual(['lost', 'joined', 'lost', 'joined'])
})

test('[C9] who leaves hears no more', async () => {
  const { realtime, line, heard } = await lakes()
  line.leave()
  await pass(10)
  expect([realtime.joined(), heard]).toEqual([[], ['joined']])
})
