import { REALTIME_SUBSCRIBE_STATES } from '@supabase/supabase-js'
import type { RealtimeChannel } from '@supabase/supabase-js'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { startLocalSupabase } from './start.ts'
import type { LocalSupabase } from './start.ts'
import { signIn } from './testing.ts'
import type { SignedIn } from './testing.ts'

const { SUBSCRIBED, CHANNEL_ERROR, CLOSED } = REALTIME_SUBSCRIBE_STATES

interface Visitor {
  readonly channel: RealtimeChannel
  readonly states: string[]
  /** The names that are there, as this client knows them. */
  readonly there: () => string[]
  /** Each change, as `join ann` or `leave ann`. */
  readonly changes: string[]
}

const namesIn = (presences: readonly object[]): string[] => presences.map((presence) => String((presence as { name?: unknown }).name)).sort()

function visit({ client }: SignedIn, topic: string, isPrivate = true): Visitor {
  const states: string[] = []
  const changes: string[] = []
  const channel = client.channel(topic, { config: { private: isPrivate } })
  channel
    .on('presence', { event: 'sync' }, () => {})
    .on('presence', { event: 'join' }, ({ newPresences }) => changes.push(...namesIn(newPresences).map((name) => `join ${name}`)))
    .on('presence', { event: 'leave' }, ({ leftPresences }) => changes.push(...namesIn(leftPresences).map((name) => `leave ${name}`)))
    .subscribe((state) => states.push(state))
  return { channel, states, changes, there: () => namesIn(Object.values(channel.presenceState()).flat()) }
}

let supabase: LocalSupabase
let ann: SignedIn
let ben: SignedIn
let eve: SignedIn
let trip: string
let topic: string

beforeAll(async () => {
  supabase = await startLocalSupabase({ database: { kind: 'memory' } })
  ann = await signIn(supabase, 'ann')
  ben = await signIn(supabase, 'ben')
  eve = await signIn(supabase, 'eve')
  trip = crypto.randomUUID()
  topic = `sync:scope:${trip}`
  await supabase.sql('insert into public.trips (id, name, created_by) values ($1, $2, $3)', [trip, 'Lakes', ann.id])
  await supabase.sql('insert into public.trip_members (trip_id, user_id, role) values ($1, $2, $3)', [trip, ben.id, 'viewer'])
})
afterEach(async () => {
  for (const { client } of [ann, ben, eve]) await client.removeAllChannels()
})
afterAll(() => supabase.close())

async function both(): Promise<[Visitor, Visitor]> {
  const [one, other] = [visit(ann, topic), visit(ben, topic)]
  await expect.poll(() => [one.states, other.states]).toEqual([[SUBSCRIBED], [SUBSCRIBED]])
  await one.channel.track({ name: 'ann' })
  await other.channel.track({ name: 'ben' })
  await expect.poll(() => [one.there(), other.there()]).toEqual([['ann', 'ben'], ['ann', 'ben']])
  return [one, other]
}

test('[C9] members hear of each other, those who came before included; who is no member is refused', async () => {
  const early = visit(ann, topic)
  await expect.poll(() => early.states).toEqual([SUBSCRIBED])
  await early.channel.track({ name: 'ann' })
  const late = visit(ben, topic)
  const stranger = visit(eve, topic)
  await expect.poll(late.there).toEqual(['ann'])
  await late.channel.track({ name: 'ben' })
  await expect.poll(early.there).toEqual(['ann', 'ben'])
  await expect.poll(() => stranger.states[0]).toBe(CHANNEL_ERROR)
  expect(stranger.there()).toEqual([])
})

test('[C9] what somebody says takes the place of what they said before; said twice it is no news', async () => {
  const [one, other] = await both()
  await other.channel.track({ name: 'ben', where: 'tent' })
  await other.channel.track({ name: 'ben', where: 'tent' })
  await other.channel.track({ name: 'Ben' })
  await expect.poll(one.there).toEqual(['Ben', 'ann'])
  expect(one.changes.slice(-4)).toEqual(['join ben', 'leave ben', 'join Ben', 'leave ben'])
})

test('[C9] who takes it back, leaves, or loses the line is gone', async () => {
  const [one, other] = await both()
  await other.channel.untrack()
  await expect.poll(one.there).toEqual(['ann'])
  await other.channel.track({ name: 'ben' })
  await expect.poll(one.there).toEqual(['ann', 'ben'])
  await ben.client.removeChannel(other.channel)
  await expect.poll(one.there).toEqual(['ann'])

  const again = visit(ben, topic)
  await expect.poll(() => again.states).toEqual([SUBSCRIBED])
  await again.channel.track({ name: 'ben' })
  await expect.poll(one.there).toEqual(['ann', 'ben'])
  await ben.client.realtime.disconnect()
  await expect.poll(one.there).toEqual(['ann'])
})

test('a client that has no ear for presence is seen all the same, where it may join at all', async () => {
  const one = visit(ann, 'lobby', false)
  const states: string[] = []
  const silent = ben.client.channel('lobby').subscribe((state) => states.push(state))
  await expect.poll(() => [one.states, states]).toEqual([[SUBSCRIBED], [SUBSCRIBED]])
  await silent.track({ name: 'ben' })
  await expect.poll(one.there).toEqual(['ben'])

  const refused: string[] = []
  ben.client.channel(topic, { config: { private: true } }).subscribe((state) => refused.push(state))
  await expect.poll(() => refused[0]).toBe(CHANNEL_ERROR)
})

test('[C9] who says more than five things in half a minute loses the channel', async () => {
  const [one, other] = await both()
  for (let nth = 0; nth < 5; nth += 1) void other.channel.track({ name: 'ben', nth })
  await expect.poll(() => other.states).toEqual([SUBSCRIBED, CLOSED])
  await expect.poll(one.there).toEqual(['ann'])
})

test('[C9] [PL4] who was removed loses the channel with the next token, and does not get it again', async () => {
  const [one, other] = await both()
  await supabase.sql('delete from public.trip_members where trip_id = $1 and user_id = $2', [trip, ben.id])
  const { data } = await ben.client.auth.refreshSession()
  await ben.client.realtime.setAuth(data.session?.access_token ?? '')
  await expect.poll(() => other.states).toEqual([SUBSCRIBED, CLOSED])
  await expect.poll(one.there).toEqual(['ann'])
  const again = visit(ben, topic)
  await expect.poll(() => again.states[0]).toBe(CHANNEL_ERROR)
  await supabase.sql('insert into public.trip_members (trip_id, user_id, role) values ($1, $2, $3)', [trip, ben.id, 'viewer'])
})

test('[C9] nobody broadcasts on the channel of a scope, nor hears what another sends there', async () => {
  const [one, other] = await both()
  const heard: unknown[] = []
  other.channel.on('broadcast', { event: '*' }, (message) => heard.push(message))
  await one.channel.send({ type: 'broadcast', event: 'poke', payload: { scope: trip } })
  await supabase.sql(`select realtime.send('{}'::jsonb, 'poke', $1, true)`, [topic])
  await one.channel.track({ name: 'Ann' })
  await expect.poll(other.there).toEqual(['Ann', 'ben'])
  expect(heard).toEqual([])
})

test('presence on public channels is a world of its own', async () => {
  const one = visit(ann, 'lobby', false)
  const other = visit(eve, 'lobby', false)
  await expect.poll(() => [one.states, other.states]).toEqual([[SUBSCRIBED], [SUBSCRIBED]])
  await one.channel.track({ name: 'ann' })
  await expect.poll(other.there).toEqual(['ann'])
})

test('a channel that asks for it is told when the database is heard', async () => {
  const told: unknown[] = []
  ann.client
    .channel(`sync:${ann.id}`, { config: { private: true, broadcast: { replication_ready: true } } })
    .on('system', {}, (message) => told.push(message))
    .subscribe()
  await expect.poll(() => told).toMatchObject([{ extension: 'system', status: 'ok', channel: `sync:${ann.id}` }])
})

test('[C9] whose token runs out is gone, with the channel', async () => {
  const brief = await startLocalSupabase({ database: { kind: 'memory' }, jwtExpiry: 2 })
  const [renewed, expiring] = [await signIn(brief, 'ann'), await signIn(brief, 'ben')]
  const one = visit(renewed, 'lobby', false)
  const other = visit(expiring, 'lobby', false)
  await expect.poll(() => [one.states, other.states]).toEqual([[SUBSCRIBED], [SUBSCRIBED]])
  await one.channel.track({ name: 'ann' })
  await other.channel.track({ name: 'ben' })
  await expect.poll(one.there).toEqual(['ann', 'ben'])
  const thereWithNewToken = async () => {
    const { data } = await renewed.client.auth.refreshSession()
    await renewed.client.realtime.setAuth(data.session?.access_token ?? '')
    return one.there()
  }
  await expect.poll(thereWithNewToken, { interval: 250 }).toEqual(['ann'])
  expect([one.states, other.states]).toEqual([[SUBSCRIBED], [SUBSCRIBED, CLOSED]])
  await renewed.client.removeAllChannels()
  await brief.close()
})
