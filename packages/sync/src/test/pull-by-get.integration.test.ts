import { createClient } from '@supabase/supabase-js'
import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Transport } from '../engine/ports.ts'
import { Tables } from '../supabase/tables.ts'
import { supabaseTransport } from '../supabase/transport.ts'

let backend: LocalSupabase
let transport: Transport
let withoutReplicas: Transport
let user: string
const seen: { readonly method: string; readonly length: number; readonly status: number; readonly cacheControl: string | null }[] = []

beforeAll(async () => {
  backend = await startLocalSupabase({ database: { kind: 'postgres' } })
  user = (await backend.createUser('ann@example.com', 'packing-list', 'Ann')).id
  const supabase = createClient(backend.url, backend.anonKey, { auth: { persistSession: false, autoRefreshToken: false }, global: { fetch: watching } })
  await supabase.auth.signInWithPassword({ email: 'ann@example.com', password: 'packing-list' })
  const tables = new Tables([{ collection: 'trips', table: 'trips', scopeField: 'id', columns: {} }])
  transport = supabaseTransport(supabase, tables, { readReplicas: true })
  withoutReplicas = supabaseTransport(supabase, tables)
})
afterAll(() => backend.close())

async function watching(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const answer = await fetch(input, init)
  const url = input instanceof Request ? input.url : input.toString()
  if (url.includes('sync_pull')) seen.push({ method: init?.method ?? 'GET', length: url.length, status: answer.status, cacheControl: answer.headers.get('cache-control') })
  return answer
}

const scopes = (count: number) => Object.fromEntries(Array.from({ length: count }, () => [crypto.randomUUID(), '12']))

test('[C11] with read replicas a pull goes by GET where its request fits into a URL, else by POST; the server answers both alike, and nothing may keep the answer', async () => {
  const whole = await transport.pull({ user, cursors: {}, etag: null, only: false, check: true })
  if (whole === 'unchanged') throw new Error('There is no etag that could still hold.')
  expect(await transport.pull({ user, cursors: null, etag: whole.etag, only: false })).toBe('unchanged')
  expect(await transport.pull({ user, cursors: scopes(300), etag: null, only: false })).toMatchObject({ user, cursors: whole.cursors, gone: [] })
  expect(await transport.pull({ user, cursors: scopes(10), etag: null, only: false })).toMatchObject({ user, cursors: whole.cursors, gone: [] })
  expect(seen.map(({ method, status }) => [method, status])).toEqual([['GET', 200], ['GET', 200], ['POST', 200], ['GET', 200]])
  expect(seen.every(({ length }) => length < 2_000)).toBe(true)
  expect(seen.map(({ cacheControl }) => cacheControl)).toEqual(['no-store', 'no-store', 'no-store', 'no-store'])
})

test('[C11] a request that the server refuses is refused by GET too', async () => {
  await expect(transport.pull({ user, cursors: { nowhere: '1' }, etag: null, only: false })).rejects.toMatchObject({ code: 'PT400', kind: 'validation' })
  expect(seen.at(-1)).toMatchObject({ method: 'GET', status: 400 })
})

test('[PL9] without read replicas a pull goes by POST, for which a browser asks another origin’s leave only once', async () => {
  const from = seen.length
  const whole = await withoutReplicas.pull({ user, cursors: {}, etag: null, only: false })
  if (whole === 'unchanged') throw new Error('There is no etag that could still hold.')
  expect(await withoutReplicas.pull({ user, cursors: null, etag: whole.etag, only: false })).toBe('unchanged')
  expect(seen.slice(from).map(({ method, status }) => [method, status])).toEqual([['POST', 200], ['POST', 200]])
  expect(new Set(seen.slice(from).map(({ length }) => length)).size).toBe(1)
})
