import { AuthRetryableFetchError, createClient } from '@supabase/supabase-js'
import { expect, test, vi } from 'vitest'
import type { SessionState } from '../engine/ports.ts'
import { supabaseRefresh, supabaseSession, supabaseSignOut } from './session.ts'

const token = { access_token: 'token', refresh_token: 'refresh', token_type: 'bearer', expires_in: 3_600, user: { id: 'ann' } }

function clientOf(answer: () => Response | Promise<Response> = () => Response.json(token)) {
  let respond = answer
  const supabase = createClient('http://supabase.test', 'anon-key', {
    auth: { persistSession: false, autoRefreshToken: false },
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
