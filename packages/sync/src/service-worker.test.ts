import { AuthApiError, AuthRetryableFetchError, type SupabaseClient } from '@supabase/supabase-js'
import { expect, test, vi } from 'vitest'
import { memoryStorage } from './engine/memory-storage.ts'
import { sealedWrite } from './engine/opening.ts'
import { createBackgroundSync, type Need } from './service-worker.ts'
import { alone } from './engine/alone.ts'
import { items, trips } from './test/device.ts'
import { stubSupabase } from './test/stubbed-app.ts'
import { changeOf } from './testing/builders.ts'
import { fakeEnvironment } from './testing/fake-environment.ts'

const collections = { trips: { adapter: trips.adapter, scope: 'id' }, items: { adapter: items.adapter, scope: 'tripId' } }

/** A worker on a device where a change of Ann's waits. */
async function worker(session: { readonly error?: Error; readonly signedIn?: boolean } = {}) {
  const environment = fakeEnvironment()
  const stub = stubSupabase(environment.now)
  const storage = memoryStorage()
  await storage.commit(sealedWrite({ append: [changeOf({ kind: 'create' })] }))
  const opened: string[] = []
  if (session.error !== undefined) {
    const auth = stub.supabase.auth as unknown as { getSession: SupabaseClient['auth']['getSession'] }
    auth.getSession = () => Promise.resolve({ data: { session: null }, error: session.error }) as ReturnType<SupabaseClient['auth']['getSession']>
  }
  if (session.signedIn === false) stub.signOut()
  const needs: Need[] = []
  const background = createBackgroundSync({
    supabase: stub.supabase,
    collections,
    environment,
    tabs: alone,
    storage: (user) => {
      opened.push(user)
      return Promise.resolve(storage)
    },
    onNeed: (need) => void needs.push(need),
  })
  const listeners = new Map<string, (event: Event) => void>()
  background.listen({ addEventListener: (type, listener) => void listeners.set(type, listener) })
  /** What the browser waits for; `null`: nothing. */
  const wake = (type: 'sync' | 'periodicsync', tag = 'stowaway') => {
    const waitUntil = vi.fn<(work: Promise<unknown>) => void>()
    listeners.get(type)!({ tag, waitUntil } as unknown as Event)
    return waitUntil.mock.calls[0]?.[0] ?? null
  }
  return { stub, environment, opened, needs, wake, run: background.run }
}

test.each(['sync', 'periodicsync'] as const)('[ID2] woken by `%s` it sends the work of whom the session is of, as theirs', async (type) => {
  const { wake, stub, environment, opened } = await worker()
  const work = wake(type)
  await environment.advance(2_000)
  await work
  expect(opened).toEqual(['ann'])
  expect(stub.pushes.map(({ user, ops }) => [user, ops.map(({ id }) => id)])).toEqual([['ann', ['tent']]])
})

test('what others registered is not its own', async () => {
  expect((await worker()).wake('sync', 'another')).toBeNull()
})

test('[ID2] nobody is signed in: nothing is opened', async () => {
  const { run, opened } = await worker({ signedIn: false })
  expect([await run(), opened]).toEqual(['done', []])
})

test('[ID1] a session that cannot be renewed for want of a network is tried again by the browser, and nothing is opened', async () => {
  const { wake, opened, needs } = await worker({ error: new AuthRetryableFetchError('no network', 0) })
  await expect(wake('sync')).rejects.toThrow('Not everything')
  expect([opened, needs]).toEqual([[], []])
})

test('[ID1] a session that was revoked: a person must sign in, which is told', async () => {
  const { run, opened, needs, stub } = await worker({ error: new AuthApiError('Invalid Refresh Token', 400, 'refresh_token_not_found') })
  expect(await run()).toBe('sign-in')
  expect([opened, needs, stub.pushes]).toEqual([[], [{ kind: 'sign-in' }], []])
})

test('[OB7] what is refused, and so needs a person, is told', async () => {
  const { run, environment, needs, stub } = await worker()
  stub.answer = ({ op_id }) => ({ op_id, status: 'forbidden', code: '42501', message: 'no' })
  const outcome = run()
  await environment.advance(2_000)
  expect([await outcome, needs]).toEqual(['done', [{ kind: 'decisions', count: 1 }]])
})
