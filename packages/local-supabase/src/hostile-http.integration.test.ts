import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hostileRuns, openHostileWorld, secret } from './hostile-testing.ts'
import type { HostileWorld } from './hostile-testing.ts'
import { hostile, hostilePull, hostilePush } from './hostile-values.ts'

// With real tokens over HTTP. @supabase/lite reads a body before it hands it on, so what JavaScript cannot hold (1e400) arrives
// as null, and it recurses itself where a body is nested thousands deep; the tests of this name that speak SQL send both as they are.
const isSendable = (text: string) => !text.includes('['.repeat(2_000))
// And it makes a text of a list for a parameter that is one, as JavaScript does: which a list with such a member cannot be made.
const isTextual = (text: string) => isSendable(text) && !/toString|valueOf/.test(text)

let world: HostileWorld
let token: string
beforeAll(async () => {
  world = await openHostileWorld()
  const { data } = await world.eve.client.auth.getSession()
  token = data.session?.access_token ?? ''
})
afterAll(() => world.close())

async function post(name: string, body: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${world.supabase.url}/rest/v1/rpc/${name}`, {
    method: 'POST',
    headers: { apikey: world.supabase.anonKey, authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body,
  })
  return { status: answer.status, text: await answer.text() }
}

/** What is wrong with an answer; an empty text: nothing. */
function faultOf({ status, text }: { status: number; text: string }): string {
  if (text.includes(secret)) return `It tells a secret: ${text}`
  if (status === 200) return ''
  if (status < 400 || status >= 500) return `${status}: ${text.slice(0, 500)}`
  return (JSON.parse(text) as { message: string }).message.includes(' ') ? '' : `No sentence: ${text}`
}

test('[PU3] [PU5] [PU6] hostile pushes over HTTP are never a fault of the server, and change nothing of others', async () => {
  const before = await world.untouchable()
  await fc.assert(
    fc.asyncProperty(hostilePush(world.material).map((ops) => ops.filter(isSendable)), hostile.filter(isTextual), async (ops, device) => {
      expect(faultOf(await post('sync_push', `{"ops":[${ops.join(',')}],"device":${device}}`))).toBe('')
    }),
    { numRuns: Math.ceil(hostileRuns / 4) },
  )
  expect(await world.untouchable()).toBe(before)
})

test('[PL4] hostile pulls over HTTP likewise', async () => {
  await fc.assert(
    fc.asyncProperty(hostilePull(world.material).filter(isSendable), async (request) => {
      expect(faultOf(await post('sync_pull', `{"request":${request}}`))).toBe('')
    }),
    { numRuns: Math.ceil(hostileRuns / 4) },
  )
})

test.each([
  ['no JSON', '{"ops":[', {}],
  ['no body', '', {}],
  ['an array', '[]', {}],
  ['a word', '"ops"', {}],
  ['null', 'null', {}],
  ['no ops', '{}', {}],
  ['ops that are no list', '{"ops":{"length":1}}', {}],
  ['a parameter that is not there', '{"ops":[],"role":"service_role"}', {}],
  ['a parameter named like a prototype', '{"ops":[],"__proto__":{"x":1}}', {}],
  ['another type of content', '{"ops":[]}', { 'content-type': 'text/plain' }],
  ['another schema', '{"ops":[]}', { 'content-profile': 'sync' }],
  ['a preference', '{"ops":[]}', { prefer: 'tx=rollback, params=single-object' }],
])('[PU6] a request of an odd form is refused with a sentence, or its oddness ignored: %s', async (_what, body, headers) => {
  expect(faultOf(await post('sync_push', body, headers))).toBe('')
})

test('[PU5] every function of the API takes hostile arguments without a fault of the server, tells nothing and changes nothing of others', async () => {
  const functions = await world.owner<Array<{ name: string; args: string[] }>>`
    select p.proname as name, coalesce(p.proargnames[1:p.pronargs], '{}') as args from pg_proc p where p.pronamespace = 'public'::regnamespace order by 1`
  const before = await world.untouchable()
  const ids = [...world.material.targets.map(({ id }) => id), ...world.material.users].map((id) => JSON.stringify(id))
  const value = fc.oneof(hostile.filter(isSendable), fc.constantFrom(...ids))
  for (const { name, args } of functions) {
    await fc.assert(
      fc.asyncProperty(fc.tuple(...args.map((arg) => value.map((text) => `${JSON.stringify(arg)}:${text}`))), async (members) => {
        expect(faultOf(await post(name, `{${members.join(',')}}`))).toBe('')
      }),
      { numRuns: Math.ceil(hostileRuns / 10) },
    )
  }
  expect(functions.length).toBeGreaterThan(5)
  expect(await world.untouchable()).toBe(before)
})

test('[PU5] schemas that are not exposed are out of reach, whatever a request asks for', async () => {
  const tries = ['sync.push', 'sync.record_operations', 'push', 'record_operations', 'my_scopes', 'register_table', 'pg_sleep', 'pg_read_file', 'set_config']
  for (const name of tries) {
    for (const headers of [{}, { 'content-profile': 'sync', 'accept-profile': 'sync' }]) {
      const { status, text } = await post(name, '{}', headers)
      expect({ name, status: status >= 400 && status < 500, text }).toMatchObject({ status: true })
    }
  }
})
