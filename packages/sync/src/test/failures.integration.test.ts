import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { FailureKind } from '../core/failure.ts'
import { memoryStorage } from '../index.ts'
import type { grouped } from '../supabase/wire-groups.ts'
import { items, openDevice, trips, type Device } from './device.ts'
import { singleOps } from './single-ops.ts'

let backend: LocalSupabase
let ann: Device
let trip: string
/** What happens to the next push on its way. */
let onPush: typeof fetch | null = null
const sent: string[][] = []

const passing: typeof fetch = async (input, init) => {
  if (typeof input !== 'string' || !input.endsWith('/rpc/sync_push')) return fetch(input, init)
  sent.push(singleOps((JSON.parse(init?.body as string) as { ops: ReturnType<typeof grouped> }).ops).map(({ op_id }) => op_id))
  const way = onPush ?? fetch
  onPush = null
  return way(input, init)
}

beforeAll(async () => {
  backend = await startLocalSupabase({ database: { kind: 'memory' } })
  const account = { email: 'ann@example.com', password: 'packing-list' }
  await backend.createUser(account.email, account.password, 'ann')
  ann = await openDevice({ url: backend.url, anonKey: backend.anonKey, ...account, storage: memoryStorage(), fetch: passing })
  trip = crypto.randomUUID()
  ann.dispatch(trips.slice.actions.added({ id: trip, name: 'Lakes' }))
  await ann.settled()
})

afterAll(async () => {
  await ann.sync.stop()
  await backend.close()
})

/** Adds an item and waits for its push to fail; resolves with the item's id, and what the failure was told to be. */
async function addInVain() {
  sent.length = 0
  const id = crypto.randomUUID()
  let kind: FailureKind | undefined
  ann.dispatch(items.slice.actions.added({ id, tripId: trip, name: 'Tent', quantity: 1, packed: false }))
  await ann.until(({ sync }) => (kind = sync.lastError?.kind) !== undefined)
  return { id, kind }
}

/** The item is there once, by one op, and nothing was refused. */
async function expectOnce(id: string): Promise<void> {
  await ann.settled()
  expect(sent.length).toBeGreaterThan(1)
  for (const ops of sent) expect(ops).toEqual(sent[0])
  expect(await backend.sql('select name from public.items where id = $1', [id])).toEqual([{ name: 'Tent' }])
  expect(await backend.sql('select count(*)::int as times from sync.operations where row_id = $1', [id])).toEqual([{ times: 1 }])
  expect(ann.state()).toMatchObject({ pending: 0, rejected: [], conflicts: [], lastError: null })
}

const troubles: [string, { readonly breaks: string; readonly mends: string; readonly kind: FailureKind }][] = [
  ['a missing grant', { breaks: 'revoke execute on function public.sync_push from authenticated', mends: 'grant execute on function public.sync_push to authenticated', kind: 'permission' }],
  ['a function that is not installed', { breaks: 'alter function public.sync_push rename to away', mends: 'alter function public.away rename to sync_push', kind: 'validation' }],
]
test.each(troubles)('[OB3] [OB7] %s is no change’s fault: all waits until it is mended', async (_what, { breaks, mends, kind }) => {
  await backend.sql(breaks)
  const failed = await addInVain()
  expect(failed.kind).toBe(kind)
  await backend.sql(mends)
  await expectOnce(failed.id)
})

test.each([
  ['a token that nobody signed', 'Bearer a.b.c'],
  ['no token but the key of the app, with which one is anonymous', null],
])('[ID1] %s is not taken; the session is renewed, and the same ops go out', async (_what, token) => {
  onPush = (input, init) => fetch(input, { ...init, headers: { ...(init?.headers as Record<string, string>), Authorization: token ?? `Bearer ${backend.anonKey}` } })
  const { id, kind } = await addInVain()
  expect(kind).toBe('auth')
  await expectOnce(id)
})

test('[PU1] an answer that is lost after the commit: the server says `duplicate` to the same ops', async () => {
  onPush = async (input, init) => {
    await (await fetch(input, init)).text()
    throw new TypeError('the answer was lost')
  }
  const { id, kind } = await addInVain()
  expect(kind).toBe('network')
  await expectOnce(id)
})
