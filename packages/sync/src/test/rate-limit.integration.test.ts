import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryStorage } from '../index.ts'
import { openDevice, trips, type Device } from './device.ts'

let backend: LocalSupabase
let ann: Device
/** Of each push that was refused: its status and what it was asked to wait. */
const refusals: string[] = []

const listening: typeof fetch = async (input, init) => {
  const answer = await fetch(input, init)
  const isPush = typeof input === 'string' && input.endsWith('/rpc/sync_push')
  if (isPush && !answer.ok) refusals.push(`${answer.status} ${answer.headers.get('retry-after')}`)
  return answer
}

beforeAll(async () => {
  backend = await startLocalSupabase({ database: { kind: 'memory' } })
  const account = { email: 'ann@example.com', password: 'packing-list' }
  await backend.createUser(account.email, account.password, 'ann')
  ann = await openDevice({ url: backend.url, anonKey: backend.anonKey, ...account, storage: memoryStorage(), fetch: listening })
})

afterAll(async () => {
  await ann.sync.stop()
  await backend.close()
})

test('[C4] [C6] who sends more than the server’s rate is asked to wait, is told so, and loses nothing', async () => {
  const id = crypto.randomUUID()
  await ann.settled()
  // A debt of five ops, at 60 a minute: five seconds, less what the push takes to arrive.
  await backend.sql('update sync.settings set ops_per_minute = 60')
  await backend.sql('insert into sync.rates (user_id, spare, at) select id, -5, clock_timestamp() from auth.users')
  ann.dispatch(trips.slice.actions.added({ id, name: 'Lakes' }))
  await ann.until(({ sync }) => sync.lastError !== null)
  expect(ann.state().lastError?.kind).toBe('rate-limit')
  expect(refusals[0]).toMatch(/^429 [1-5]$/)

  await ann.settled()
  expect(refusals.filter((refusal) => !refusal.startsWith('429 '))).toEqual([])
  expect(await backend.sql('select name from public.trips where id = $1', [id])).toEqual([{ name: 'Lakes' }])
  expect(await backend.sql('select count(*)::int as times from sync.operations where row_id = $1', [id])).toEqual([{ times: 1 }])
  expect(ann.state()).toMatchObject({ pending: 0, rejected: [], lastError: null })
})
