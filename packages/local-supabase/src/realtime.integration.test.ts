import { connect } from 'node:net'
import { REALTIME_SUBSCRIBE_STATES } from '@supabase/supabase-js'
import type { RealtimeChannel } from '@supabase/supabase-js'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startLocalSupabase } from './start.ts'
import type { LocalSupabase } from './start.ts'
import { migrationsOf, signIn } from './testing.ts'
import type { SignedIn } from './testing.ts'

interface Listener {
  readonly channel: RealtimeChannel
  readonly heard: unknown[]
  readonly states: string[]
}

function listen({ client }: SignedIn, topic: string): Listener {
  const heard: unknown[] = []
  const states: string[] = []
  const channel = client
    .channel(topic, { config: { private: true } })
    .on('broadcast', { event: 'poke' }, (message) => heard.push(message['payload']))
    .subscribe((state) => states.push(state))
  return { channel, heard, states }
}

const { SUBSCRIBED, CHANNEL_ERROR, CLOSED } = REALTIME_SUBSCRIBE_STATES

describe.each(['memory', 'postgres'] as const)('on %s', (kind) => {
  let supabase: LocalSupabase
  let ann: SignedIn
  let ben: SignedIn
  beforeAll(async () => {
    supabase = await startLocalSupabase({ database: { kind }, migrations: await migrationsOf() })
    ann = await signIn(supabase, 'ann')
    ben = await signIn(supabase, 'ben')
  })
  afterEach(async () => {
    await ann.client.removeAllChannels()
    await ben.client.removeAllChannels()
  })
  afterAll(() => supabase.close())

  test('[PL2] a poke reaches the user of its topic and nobody else', async () => {
    const own = listen(ann, `sync:${ann.id}`)
    const other = listen(ben, `sync:${ben.id}`)
    const curious = listen(ben, `sync:${ann.id}`)
    await expect.poll(() => [own.states[0], other.states[0], curious.states[0]]).toEqual([
      SUBSCRIBED,
      SUBSCRIBED,
      CHANNEL_ERROR,
    ])
    await ann.client.rpc('write_note', { note: { body: 'for ann' } })
    await ben.client.rpc('write_note', { note: { body: 'for ben' } })
    await expect.poll(() => [own.heard, other.heard]).toEqual([[{ body: 'for ann' }], [{ body: 'for ben' }]])
    expect(curious.heard).toEqual([])
  })

  test('a client may not write to a topic whose policies only let it read', async () => {
    const listener = listen(ann, `sync:${ann.id}`)
    await expect.poll(() => listener.states).toEqual([SUBSCRIBED])
    await listener.channel.send({ type: 'broadcast', event: 'poke', payload: { body: 'forged' } })
    await ann.client.rpc('write_note', { note: { body: 'real' } })
    await expect.poll(() => listener.heard).toEqual([{ body: 'real' }])
  })

  test('two clients talk on a public channel', async () => {
    const heard: unknown[] = []
    const states: string[] = []
    ben.client
      .channel('lobby')
      .on('broadcast', { event: 'hello' }, (message) => heard.push(message['payload']))
      .subscribe((state) => states.push(state))
    const speaker = ann.client.channel('lobby').subscribe((state) => states.push(state))
    await expect.poll(() => states).toEqual([SUBSCRIBED, SUBSCRIBED])
    await speaker.send({ type: 'broadcast', event: 'hello', payload: { from: 'ann' } })
    await expect.poll(() => heard).toEqual([{ from: 'ann' }])
  })

  test.each([
    ['//', 404],
    ['/elsewhere', 404],
    ['/realtime/v1/websocket?vsn=2.0.0', 401],
    ['/realtime/v1/websocket?apikey=wrong', 401],
  ])('an upgrade at %s is refused with %i, and the server goes on', async (path, status) => {
    const { hostname, port } = new URL(supabase.url)
    const socket = connect(Number(port), hostname)
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`)
    const answers: string[] = []
    socket.on('data', (data) => answers.push(data.toString('latin1')))
    await expect.poll(() => answers.join('')).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect((await fetch(supabase.url)).status).toBe(404)
  })
})

test('nothing is heard before its transaction commits, nor when it rolls back', async () => {
  const supabase = await startLocalSupabase({ database: { kind: 'postgres' }, migrations: await migrationsOf() })
  const ann = await signIn(supabase, 'ann')
  const listener = listen(ann, `sync:${ann.id}`)
  await expect.poll(() => listener.states).toEqual([SUBSCRIBED])
  const session = postgres(supabase.databaseUrl ?? '', { max: 1 })
  const insert = (body: string) => session`insert into public.notes (owner, body) values (${ann.id}, ${body})`

  await session`begin`
  await insert('rolled back')
  await session`rollback`
  await session`begin`
  await insert('late')
  await ann.client.rpc('write_note', { note: { body: 'early' } })
  await expect.poll(() => listener.heard).toEqual([{ body: 'early' }])
  await session`commit`
  await expect.poll(() => listener.heard).toEqual([{ body: 'early' }, { body: 'late' }])

  await session.end()
  await ann.client.removeAllChannels()
  await supabase.close()
})

test('a channel outlives its token only if the token is renewed', async () => {
  const supabase = await startLocalSupabase({
    database: { kind: 'postgres' },
    migrations: await migrationsOf(),
    jwtExpiry: 2,
  })
  const ann = await signIn(supabase, 'ann')
  const ben = await signIn(supabase, 'ben')
  const renewed = listen(ann, `sync:${ann.id}`)
  const expired = listen(ben, `sync:${ben.id}`)
  await expect.poll(() => [renewed.states, expired.states]).toEqual([[SUBSCRIBED], [SUBSCRIBED]])
  const renewAnnsToken = async () => {
    const { data } = await ann.client.auth.refreshSession()
    await ann.client.realtime.setAuth(data.session?.access_token ?? '')
  }
  const bensStates = async () => {
    await renewAnnsToken()
    return expired.states
  }
  await expect.poll(bensStates, { interval: 250 }).toContain(CLOSED)
  expect(renewed.states).toEqual([SUBSCRIBED])
  await ann.client.removeAllChannels()
  await supabase.close()
})
