import { connect } from 'node:net'
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLocalSupabase } from './start.ts'
import type { LocalSupabase } from './start.ts'
import { migrationsOf, signIn } from './testing.ts'
import type { SignedIn } from './testing.ts'

describe.each(['memory', 'postgres'] as const)('on %s', (kind) => {
  let supabase: LocalSupabase
  let ann: SignedIn
  let ben: SignedIn
  beforeAll(async () => {
    supabase = await startLocalSupabase({ database: { kind }, migrations: await migrationsOf() })
    ann = await signIn(supabase, 'ann')
    ben = await signIn(supabase, 'ben')
  })
  afterAll(() => supabase.close())

  test('a user signs up and in, and carries a name', async () => {
    const { data } = await ann.client.auth.getUser()
    expect(data.user).toMatchObject({ id: ann.id, email: 'ann@example.com', user_metadata: { name: 'ann' } })
    await expect(supabase.createUser('ann@example.com', 'packing-list')).rejects.toMatchObject({
      code: 'user_not_created',
    })
  })

  test('json arguments and answers come through as they are', async () => {
    const note = { body: 'a "b" \\ é 🧳', list: [1, null, { deep: true }], text: '{"not": "parsed"}' }
    const answer = await ann.client.rpc('write_note', { note })
    expect(answer).toMatchObject({ error: null, data: { note, role: 'authenticated', before: ann.id } })
    expect(await supabase.sql('select $1::jsonb as it', [note])).toEqual([{ it: note }])
  })

  test("requests of two users side by side never run under each other's names", async () => {
    const requests = Array.from({ length: 60 }, async (_, index) => {
      const { id, client } = index % 2 === 0 ? ann : ben
      const answer = await client.rpc('write_note', { note: { body: `side by side ${index}` } })
      expect(answer).toMatchObject({ error: null, data: { before: id, after: id, foreign: 0 } })
    })
    await Promise.all(requests)
    const owners = await supabase.sql(
      `select owner, count(*)::int as rows from public.notes where body like 'side by side %' group by owner`,
    )
    expect(new Map(owners.map((row) => [row['owner'], row['rows']]))).toEqual(new Map([[ann.id, 30], [ben.id, 30]]))
  })

  test('rights are those of the migrations: nothing is granted on top', async () => {
    const anonymous = createClient(supabase.url, supabase.anonKey, { auth: { persistSession: false } })
    expect(await anonymous.from('notes').select()).toMatchObject({ status: 401, error: { code: '42501' } })
    expect(await anonymous.rpc('write_note', { note: {} })).toMatchObject({ status: 401, error: { code: '42501' } })
    expect(await ann.client.from('notes').delete().eq('owner', ann.id)).toMatchObject({ error: { code: '42501' } })
  })

  test('a browser on another origin may call rpc', async () => {
    const preflight = await fetch(`${supabase.url}/rest/v1/rpc/write_note`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:5173',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,apikey,x-client-info',
      },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization,apikey,x-client-info')
    const answer = await fetch(`${supabase.url}/rest/v1/notes`, { headers: { apikey: supabase.anonKey } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })

  test('clients that hang up, or never finish their request, hold nobody up', async () => {
    const { hostname, port } = new URL(supabase.url)
    const head = `POST /rest/v1/rpc/write_note HTTP/1.1\r\nhost: x\r\napikey: ${supabase.anonKey}\r\ncontent-length: 99\r\n\r\n{`
    const sockets = Array.from({ length: 30 }, () => connect(Number(port), hostname))
    for (const [index, socket] of sockets.entries()) {
      await new Promise((resolve) => socket.write(head, resolve))
      if (index % 2 === 0) socket.destroy()
    }
    const aborted = new AbortController()
    const hangUp = ann.client.rpc('write_note', { note: { body: 'gone' } }).abortSignal(aborted.signal)
    aborted.abort()
    expect((await hangUp).error).not.toBeNull()
    expect((await ben.client.rpc('write_note', { note: { body: 'here' } })).error).toBeNull()
    for (const socket of sockets) socket.destroy()
  })
})

test('close lets requests in flight end, and can be called again', async () => {
  const supabase = await startLocalSupabase({ database: { kind: 'postgres' }, migrations: await migrationsOf() })
  const ann = await signIn(supabase, 'ann')
  await supabase.sql(`
    create function public.linger() returns trigger language plpgsql as
      $$ begin perform pg_sleep(0.5); return null; end $$;
    create trigger linger before insert on public.notes for each statement execute function public.linger()`)
  const inFlight = Promise.resolve(ann.client.rpc('write_note', { note: { body: 'last' } }))
  await expect.poll(() => supabase.sql(`select from pg_stat_activity where wait_event = 'PgSleep'`)).toHaveLength(1)
  await supabase.close()
  expect((await inFlight).error).toBeNull()
  await supabase.close()
  await expect(fetch(supabase.url)).rejects.toThrow('fetch failed')
})
