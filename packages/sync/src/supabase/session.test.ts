import { AuthRetryableFetchError, createClient } from '@supabase/supabase-js'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { SessionState } from '../engine/ports.ts'
import { forgetFailedRenewal, supabaseRefresh, supabaseSession, supabaseSignOut } from './session.ts'

const token = { access_token: 'token', refresh_token: 'refresh', token_type: 'bearer', expires_in: 3_600, user: { id: 'ann' } }

function clientOf(answer: () => Response | Promise<Response> = () => Response.json(token), auth: { readonly autoRefreshToken?: boolean } = {}) {
  let respond = answer
  const supabase = createClient('http://supabase.test', 'anon-key', {
    auth: { persistSession: false, autoRefreshToken: false, ...auth },
    global: { fetch: () => Promise.resolve().then(() => respond()) },
  })
  const signIn = () => supabase.auth.signInWithPassword({ email: 'ann@example.com', password: 'packing-list' })
  return { supabase, signIn, answerWith: (next: typeof answer) => void (respond = next) }
}

test('[ID1] no session at the start is not the same as having signed out', async () => {
  const { supabase, signIn } = clientOf()
  const states: SessionState[] = []
  const stop = supabaseSession(supabase)((state) => states.push(state))
  await vi.waitUntil(() => states.length === 1)
  await signIn()
  await vi.waitUntil(() => states.length === 2)
  await supabase.auth.signOut()
  await vi.waitUntil(() => states.length === 3)
  stop()
  await signIn()
  expect(states).toEqual([{ is: 'unknown' }, { is: 'signed-in', user: 'ann' }, { is: 'signed-out' }])
})

test('[ID1] a token that has been told is known when it is told again, and a new one is new', async () => {
  const { supabase, signIn, answerWith } = clientOf()
  await signIn()
  const states: SessionState[] = []
  const stop = supabaseSession(supabase)((state) => states.push(state))
  await vi.waitUntil(() => states.length === 1)
  await signIn()
  answerWith(() => Response.json({ ...token, access_token: 'another' }))
  await supabase.auth.refreshSession()
  await vi.waitUntil(() => states.length === 3)
  stop()
  expect(states).toEqual([{ is: 'signed-in', user: 'ann' }, { is: 'signed-in', user: 'ann', again: true }, { is: 'signed-in', user: 'ann' }])
})

test('the listener may ask for the session at once, which supabase-js forbids inside its own call', async () => {
  const { supabase, signIn } = clientOf()
  await signIn()
  const user = await new Promise((resolve) => {
    supabaseSession(supabase)(() => void supabase.auth.getSession().then(({ data }) => resolve(data.session?.user.id)))
  })
  expect(user).toBe('ann')
})

test.each([
  ['refreshed', 'a new token', () => Response.json(token)],
  ['sign-in', 'a refresh token that was revoked', () => Response.json({ code: 'refresh_token_not_found', message: 'Invalid Refresh Token' }, { status: 400 })],
  ['unreachable', 'no network', () => Promise.reject(new TypeError('fetch failed'))],
] satisfies [string, string, () => Response | Promise<Response>][])(
  '[ID1] a refresh ends as "%s" for %s',
  { timeout: 60_000 },
  async (...[outcome, , answer]) => {
    const { supabase, signIn, answerWith } = clientOf()
    await signIn()
    answerWith(answer)
    vi.useFakeTimers()
    try {
      const refreshed = supabaseRefresh(supabase)()
      await vi.advanceTimersByTimeAsync(60_000)
      expect(await refreshed).toBe(outcome)
    } finally {
      vi.useRealTimers()
    }
  },
)

test('[ID1] a refresh that breaks says nothing about the user', async () => {
  const { supabase } = clientOf()
  vi.spyOn(supabase.auth, 'refreshSession').mockRejectedValue(new Error('storage'))
  expect(await supabaseRefresh(supabase)()).toBe('unreachable')
})

test('[ID3] signing out ends the session of this device without a network too', async () => {
  const { supabase, signIn, answerWith } = clientOf()
  await signIn()
  answerWith(() => Promise.reject(new TypeError('fetch failed')))
  await supabaseSignOut(supabase)()
  expect((await supabase.auth.getSession()).data.session).toBeNull()
})

test('[ID3] a session that goes on, as older versions of the client leave it, is told by code', async () => {
  const { supabase, signIn } = clientOf()
  await signIn()
  vi.spyOn(supabase.auth, 'signOut').mockResolvedValue({ error: new AuthRetryableFetchError('fetch failed', 0) })
  await expect(supabaseSignOut(supabase)()).rejects.toMatchObject({ name: 'SyncError', code: 'session' })
})

const noNetwork = () => Promise.reject(new TypeError('fetch failed'))
const revoked = () => Response.json({ code: 'refresh_token_not_found', message: 'Invalid Refresh Token' }, { status: 400 })

/** In milliseconds; auth-js rounds the end of it to a whole second. */
const lifetime = (token.expires_in + 1) * 1_000

describe('a token that has expired', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('[ID1] and that the server refuses to renew ends the session, and nobody has signed out', async () => {
    const { supabase, signIn, answerWith } = clientOf()
    await signIn()
    const states: SessionState[] = []
    const stop = supabaseSession(supabase)((state) => states.push(state))
    await vi.advanceTimersByTimeAsync(lifetime)
    answerWith(revoked)
    expect(await supabaseRefresh(supabase)()).toBe('sign-in')
    await vi.advanceTimersByTimeAsync(0)
    stop()
    expect(states.map(({ is }) => is)).toEqual(['signed-in', 'unknown'])
  })

  test('[ID1] is renewed as soon as it is asked for once the network is back, though the renewal has just failed', async () => {
    const { supabase, signIn, answerWith } = clientOf()
    await signIn()
    await vi.advanceTimersByTimeAsync(lifetime)
    answerWith(noNetwork)
    const failed = supabase.auth.getSession()
    await vi.advanceTimersByTimeAsync(30_000)
    expect((await failed).data.session).toBeNull()
    answerWith(() => Response.json(token))
    expect((await supabase.auth.getSession()).data.session).toBeNull()
    forgetFailedRenewal(supabase)
    expect((await supabase.auth.getSession()).data.session?.user.id).toBe('ann')
  })

  test('[ID1] without a network signs nobody out', async () => {
    const { supabase, signIn, answerWith } = clientOf()
    await signIn()
    const states: SessionState[] = []
    const stop = supabaseSession(supabase)((state) => states.push(state))
    await vi.advanceTimersByTimeAsync(lifetime)
    answerWith(noNetwork)
    const refreshed = supabaseRefresh(supabase)()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(await refreshed).toBe('unreachable')
    stop()
    expect(states.map(({ is }) => is)).toEqual(['signed-in'])
  })

  test('[ID1] [C5] is renewed by the client itself more than 60 s before, while the app is in use', async () => {
    const asked: number[] = []
    const answer = () => {
      asked.push(Date.now())
      return Response.json(token)
    }
    const { supabase, signIn } = clientOf(answer, { autoRefreshToken: true })
    await signIn()
    const expires = Date.now() + token.expires_in * 1_000
    await vi.advanceTimersByTimeAsync(token.expires_in * 1_000)
    await supabase.auth.stopAutoRefresh()
    expect(asked).toHaveLength(2)
    expect(asked[1]).toBeLessThan(expires - 60_000)
  })
})
