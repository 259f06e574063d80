import { createClient } from '@supabase/supabase-js'
import { describe, expect, test, vi } from 'vitest'
import type { FailureKind } from '../core/failure.ts'
import { TransportError } from '../engine/ports.ts'
import { opOf, recordedOf } from '../testing/builders.ts'
import { listenForRetryAfter } from './retry-after.ts'
import { Tables } from './tables.ts'
import { supabaseTransport } from './transport.ts'

const tables = new Tables([{ collection: 'items', table: 'items', scopeField: 'tripId', columns: {} }])
const batch = { batchId: 'b', ops: [opOf([recordedOf(1)])] }
const sender = { user: 'ann', device: 'phone', clockOffset: 60_000, now: 2_000 }
const request = { user: 'ann', cursors: { lakes: '4' }, etag: null, only: false }
const json = (body: unknown, status = 200) => Response.json(body, { status })
const pullResult = { user: 'ann', epoch: 'e', as_of: 1, schema: 's', now: '1970-01-01T00:00:01Z', etag: 'tag', more: false, scopes: {}, partial: [], reset: [], behind: [], gone: [], rows: {}, deleted: [], checksums: null }

/** The parameters of a call, from wherever they stand. */
const bodyOf = (url: URL, init: RequestInit | undefined): unknown =>
  typeof init?.body === 'string' ? JSON.parse(init.body) : Object.fromEntries([...url.searchParams].map(([name, value]) => [name, JSON.parse(value)]))

/** An unmodified client, signed in as Ann, whose calls of functions are answered as told. */
async function clientOf(answer: () => Response | Promise<Response>) {
  const calls: { readonly name: string; readonly body: unknown; readonly token: string | null }[] = []
  const fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (url.pathname === '/auth/v1/token') return Promise.resolve(json({ access_token: 'token', refresh_token: 'r', token_type: 'bearer', expires_in: 3_600, user: { id: 'ann' } }))
    if (!url.pathname.startsWith('/rest/')) return Promise.resolve(json({}))
    calls.push({ name: url.pathname.replace('/rest/v1/rpc/', ''), body: bodyOf(url, init), token: new Headers(init?.headers).get('authorization') })
    return Promise.resolve().then(answer)
  }
  const supabase = createClient('http://supabase.test', 'anon-key', { auth: { persistSession: false, autoRefreshToken: false }, global: { fetch } })
  await supabase.auth.signInWithPassword({ email: 'ann@example.com', password: 'packing-list' })
  return { supabase, transport: supabaseTransport(supabase, tables), calls }
}

describe('a push', () => {
  test('[ID2] [CO2] goes out as the signed-in user, names the device, tells times by the server’s clock, and its answers are matched to the ops', async () => {
    const answers = [{ op_id: 'unknown', status: 'applied' }, { op_id: 'op-tent', status: 'applied', version: 2 }]
    const { transport, calls } = await clientOf(() => json({ user: 'ann', now: '1970-01-01T00:00:05Z', answers }))
    expect(await transport.push(batch, sender)).toEqual({ user: 'ann', epoch: null, advance: {}, now: 5_000, answers: [{ opId: 'op-tent', status: 'applied', version: 2 }] })
    expect(calls).toMatchObject([{ name: 'sync_push', token: 'Bearer token', body: { device: 'phone', ops: [{ op_id: 'op-tent', collection: 'items', time: '1970-01-01T00:01:01.000Z' }] } }])
  })

  test('[S7] tells of cursors that may be moved only where every op has its answer, and where they are cursors', async () => {
    const answers = [{ op_id: 'op-tent', status: 'applied', version: 2 }]
    const advancing = (given: object, told: readonly object[] = answers) => clientOf(() => json({ user: 'ann', now: '1970-01-01T00:00:05Z', answers: told, ...given }))
    const pushed = async (...given: Parameters<typeof advancing>) => (await (await advancing(...given)).transport.push(batch, sender)).advance
    expect(await pushed({ advance: { lakes: ['7', '8'] } })).toEqual({ lakes: ['7', '8'] })
    expect(await pushed({ advance: { lakes: '8', alps: ['7'], sea: [7, 8] } })).toEqual({})
    expect(await pushed({})).toEqual({})
    expect(await pushed({ advance: { lakes: ['7', '8'] } }, [])).toBeUndefined()
  })

  test('[ID2] is not sent when somebody else, or nobody, is signed in', async () => {
    const { transport, supabase, calls } = await clientOf(() => json({}))
    await expect(transport.push(batch, { ...sender, user: 'ben' })).rejects.toMatchObject({ kind: 'auth', code: 'wrong-user' })
    await supabase.auth.signOut()
    await expect(transport.push(batch, sender)).rejects.toMatchObject({ kind: 'auth', code: 'wrong-user' })
    await expect(transport.pull(request)).rejects.toMatchObject({ kind: 'auth' })
    expect(calls).toEqual([])
  })
})

describe('a pull', () => {
  test('[PL9] [S6] that only asks whether there is anything new is as small as it can be, with however many trips', async () => {
    const { transport, calls } = await clientOf(() => json({ unchanged: true }))
    await transport.pull({ ...request, cursors: null, etag: 'd41d8cd98f00b204e9800998ecf8427e' })
    expect(calls.map(({ body }) => body)).toEqual([{ request: { etag: 'd41d8cd98f00b204e9800998ecf8427e' } }])
  })

  test('[PL7] that is to be checked names the tables that the app knows', async () => {
    const { transport, calls } = await clientOf(() => json(pullResult))
    await transport.pull({ ...request, check: true })
    expect(calls.map(({ body }) => body)).toEqual([{ request: { cursors: { lakes: '4' }, check: ['items'] } }])
  })

  test.each<[string, object]>([
    ['does not say how new it is', { as_of: undefined }],
    ['does not name the form of its rows', { schema: null }],
    ['has checksums that are none', { checksums: 'x' }],
  ])('[PL4] a page that %s is no page', async (_what, part) => {
    const { transport } = await clientOf(() => json({ ...pullResult, ...part }))
    await expect(transport.pull(request)).rejects.toMatchObject({ code: 'bad-answer' })
  })

  test('[PL9] sends cursors, and etag and only where there are any', async () => {
    const { transport, calls } = await clientOf(() => json({ unchanged: true }))
    expect(await transport.pull({ ...request, etag: 'tag' })).toBe('unchanged')
    await transport.pull({ ...request, only: true })
    expect(calls.map(({ name, body }) => [name, body])).toEqual([
      ['sync_pull', { request: { cursors: { lakes: '4' }, etag: 'tag' } }],
      ['sync_pull', { request: { cursors: { lakes: '4' }, only: true } }],
    ])
  })

  test('brings a page', async () => {
    const { transport } = await clientOf(() => json(pullResult))
    expect(await transport.pull(request)).toMatchObject({ user: 'ann', now: 1_000, rows: [], cursors: {} })
  })
})

describe('a request that fails as a whole is classified by status and code, and sent once', () => {
  const failed: [string, () => Response | Promise<Response>, FailureKind, string][] = [
    ['an expired token', () => json({ code: 'PGRST303', message: 'JWT expired' }, 401), 'auth', 'PGRST303'],
    ['a caller whom the function takes for anonymous', () => json({ code: 'PT401', message: 'Sign in.' }, 401), 'auth', 'PT401'],
    ['a missing grant', () => json({ code: '42501', message: 'permission denied' }, 403), 'permission', '42501'],
    ['a missing function', () => json({ code: 'PGRST202', message: 'no function' }, 404), 'validation', 'PGRST202'],
    ['too large a batch', () => json({ code: 'PT413', message: 'too many' }, 413), 'too-large', 'PT413'],
    ['a rate limit', () => new Response('slow down', { status: 429 }), 'rate-limit', '429'],
    ['an error page of a proxy', () => new Response('<html>502</html>', { status: 502, headers: { 'content-type': 'text/html' } }), 'server', '502'],
    ['a server that is restarting, to which postgrest-js repeats what is no POST', () => new Response('', { status: 503 }), 'server', '503'],
    ['a gateway with numbers for codes', () => json({ code: 401, message: 'Unauthorized' }, 401), 'auth', '401'],
    ['an error without anything', () => json(null, 500), 'server', '500'],
    ['a statement that took too long', () => json({ code: '57014', message: 'canceling statement 401 409' }, 500), 'server', '57014'],
    ['no connection', () => Promise.reject(new TypeError('fetch failed')), 'network', '0'],
    ['a request that was given up', () => Promise.reject(new DOMException('timed out', 'TimeoutError')), 'network', '0'],
    ['a success without a result', () => json(null), 'server', 'bad-answer'],
    ['a login page of a captive portal', () => new Response('<html>Welcome to our hotel</html>'), 'server', 'bad-answer'],
    ['a captive portal that speaks JSON', () => json({ login: 'https://hotel.test' }), 'server', 'bad-answer'],
    ['a result without a time', () => json({ user: 'ann', answers: [] }), 'server', 'bad-answer'],
    ['an answer that is none', () => json({ user: 'ann', now: '1970-01-01T00:00:05Z', answers: [null] }), 'server', 'bad-answer'],
    ['half a result', () => new Response('{"user":"ann","now":"1970-'), 'server', 'bad-answer'],
    ['nothing', () => new Response(null, { status: 204 }), 'server', 'bad-answer'],
  ]
  test.each(failed)('%s', async (...[, answer, kind, code]) => {
    const { transport, calls } = await clientOf(answer)
    const error: unknown = await transport.push(batch, sender).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(TransportError)
    expect(error).toMatchObject({ kind, code })
    expect(calls).toHaveLength(1)
    // By GET, which postgrest-js would repeat.
    await expect(transport.pull(request)).rejects.toMatchObject({ kind, code })
    expect(calls).toHaveLength(2)
  })

  test('with the status, by which the loop finds out whether a single change may be to blame', async () => {
    const { transport } = await clientOf(() => json({ code: '57014', message: 'canceling statement' }, 500))
    await expect(transport.push(batch, sender)).rejects.toMatchObject({ status: 500 })
    const { transport: cutOff } = await clientOf(() => Promise.reject(new TypeError('fetch failed')))
    await expect(cutOff.push(batch, sender)).rejects.toMatchObject({ status: 0 })
  })

  test.each(Object.keys(pullResult).filter((name) => name !== 'etag'))('[PL4] a pull answered without `%s` is no page', async (name) => {
    const { transport } = await clientOf(() => json({ ...pullResult, [name]: undefined }))
    await expect(transport.pull(request)).rejects.toMatchObject({ kind: 'server', code: 'bad-answer', status: 200 })
  })
})

test('[ID1] a session that does not come is given up, and says nothing about the user', async () => {
  const { supabase, calls } = await clientOf(() => json({}))
  const given = new AbortController()
  vi.spyOn(supabase.auth, 'getSession').mockImplementation(() => {
    queueMicrotask(() => given.abort())
    return new Promise(() => {})
  })
  const transport = supabaseTransport(supabase, tables, { giveUp: () => given.signal })
  await expect(transport.push(batch, sender)).rejects.toMatchObject({ kind: 'network', code: 'refresh' })
  await expect(transport.pull(request)).rejects.toMatchObject({ kind: 'network', code: 'refresh' })
  expect(calls).toEqual([])
})

describe('[C6] how long a server asks to wait', () => {
  const asked: [string, Record<string, string>, number | undefined][] = [
    ['in seconds', { 'retry-after': '7' }, 7_000],
    ['as a date, by the server’s clock', { 'retry-after': 'Thu, 01 Jan 1970 00:01:00 GMT', date: 'Thu, 01 Jan 1970 00:00:50 GMT' }, 10_000],
    ['not at all', {}, undefined],
    ['in words that nobody knows', { 'retry-after': 'soon' }, undefined],
  ]
  test.each(asked)('%s', async (_how, headers, retryAfter) => {
    const { transport } = await clientOf(() => new Response('', { status: 429, headers }))
    await expect(transport.push(batch, sender)).rejects.toMatchObject({ kind: 'rate-limit', retryAfter })
    await expect(transport.pull(request)).rejects.toMatchObject({ kind: 'rate-limit', retryAfter })
  })

  test.each([{}, { fetch: 'elsewhere' }])('is not heard, and nothing breaks, where a builder keeps its fetch elsewhere', (builder) => {
    expect(listenForRetryAfter(builder)()).toBeUndefined()
  })
})
