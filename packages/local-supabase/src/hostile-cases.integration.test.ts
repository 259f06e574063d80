import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHostileWorld, secret } from './hostile-testing.ts'
import type { HostileWorld } from './hostile-testing.ts'
import { Device, op, pull, push, sync } from './server-testing.ts'
import type { Answer, Fields } from './server-testing.ts'

// Attacks that were thought of, or found by the tests of this name that make them up.
let world: HostileWorld
beforeAll(async () => {
  world = await openHostileWorld()
})
afterAll(() => world.close())

const aimed = (collection: string, id: string, scope: string) => ({ collection, id, scope })
const inOwnTrip = (collection = 'items') => aimed(collection, randomUUID(), world.own[0]?.scope ?? '')
const hiddenRow = (collection: string) => world.hidden.find((target) => target.collection === collection) ?? inOwnTrip()

/** An update with these members, which are text because they are too deep to be written otherwise. */
const updateWith = (members: string) => `${JSON.stringify(op(inOwnTrip(), 'update')).slice(0, -1)},${members}}`

async function pushText(ops: string): Promise<Answer[]> {
  const [result] = await world.asEve<[{ result: { answers: Answer[] } }]>`select public.sync_push(${ops}::text::json, 'hostile') as result`
  return result.result.answers
}

test('[PU5] a trip with the id of a user would be among that user’s own trips: it cannot be made', async () => {
  const before = await world.untouchable()
  const trip = op(aimed('trips', world.ann.id, world.ann.id), 'create', { patch: { name: 'Come and see' } })
  expect(await push(world.eve, [trip])).toMatchObject([{ status: 'invalid', code: '23514' }])
  const device = new Device()
  await sync(world.ann, device)
  expect(device.held(world.ann.id, 'trips')).toEqual([])
  expect(await world.untouchable()).toBe(before)
})

test('[PU3] [PU6] values nested thousands deep are refused by themselves, wherever they stand', async () => {
  for (const depth of [150, 1_000, 6_000, 10_000]) {
    const deep = '['.repeat(depth) + ']'.repeat(depth)
    const ops = [`"patch":{"name":${deep}}`, `"patch":{"name":"x"},"base":{"name":${deep}}`, `"add":{"quantity":${deep}}`].map(updateWith)
    const answers = await pushText(`[${[...ops, JSON.stringify(op(inOwnTrip(), 'create', { patch: { name: 'sound' } }))].join(',')}]`)
    expect(answers.map(({ status }) => status)).toEqual(['invalid', 'invalid', 'invalid', 'applied'])
    expect(answers[0]?.message).toMatch(/nested deeper than 100 levels|cannot be read/)
  }
})

test.each<[string, string, Fields]>([
  ['items', 'not a number', { name: 'x', position: 'NaN' }],
  ['items', 'without end', { name: 'x', position: 'Infinity' }],
  ['trip_days', 'a day without end', { day: 'infinity' }],
  ['trip_days', 'a day before Christ', { day: '0044-03-15 BC' }],
  ['trip_days', 'a day in five digits', { day: '12026-03-15' }],
])('[PU6] what JSON has no word for reaches nobody: %s, %s', async (collection, _what, patch) => {
  expect(await push(world.eve, [op(inOwnTrip(collection), 'create', { patch })])).toMatchObject([{ status: 'invalid', code: '23514' }])
})

test.each([[['a', null]], [[['a'], ['b']]], ['{{a},{b}}'], [Array.from({ length: 20 }, () => 'x'.repeat(101))]])('[PU6] conditions are a list of words: %j', async (conditions) => {
  const id = randomUUID()
  expect(await push(world.eve, [op(aimed('trips', id, id), 'create', { patch: { name: 'x', conditions } })])).toMatchObject([{ status: 'invalid' }])
})

test.each(['4714-01-01 BC', '0044-03-15 BC', '294276-01-01', '-infinity'])('[CO2] the time of an edit is one that a device can read, whatever it was said to be: %s', async (time) => {
  const item = inOwnTrip()
  await push(world.eve, [op(item, 'create', { patch: { name: 'first' } })])
  const [edited] = await push(world.eve, [op(item, 'update', { patch: { name: 'second' }, base: { name: 'first' }, time })])
  if (edited?.status === 'invalid') return
  const [conflict] = await push(world.eve, [op(item, 'update', { patch: { name: 'third' }, base: { name: 'first' } })])
  const { fields } = conflict as Answer & { fields: { name: { at: string } } }
  const at = Date.parse(fields.name.at)
  expect(at).toBeGreaterThanOrEqual(0)
  expect(at).toBeLessThanOrEqual(Date.now() + 60_000)
})

test('[PU1] an op id that another user has used is free, and tells nothing of what was done under it', async () => {
  const [opId] = world.material.foreignOpIds
  const answers = await push(world.eve, [op(inOwnTrip(), 'create', { patch: { name: 'mine' }, op_id: opId })])
  expect(answers.map((answer) => [answer.op_id, answer.status, Object.keys(answer).length])).toEqual([[opId, 'applied', 3]])
})

test('[PU5] rows of others cannot be created again, given away, taken in or pointed at', async () => {
  const before = await world.untouchable()
  const [item, person] = [hiddenRow('items'), hiddenRow('people')]
  const own = inOwnTrip()
  await push(world.eve, [op(own, 'create', { patch: { name: 'mine' } })])
  const answers = await push(world.eve, [
    op(item, 'create', { patch: { name: 'x' } }),
    op({ ...item, scope: own.scope }, 'create', { patch: { name: 'x' } }),
    op({ ...item, scope: own.scope }, 'replace', { patch: { name: 'x' }, base: {} }),
    op({ ...item, scope: own.scope }, 'update', { patch: { trip_id: own.scope }, base: { trip_id: item.scope } }),
    op(own, 'update', { patch: { trip_id: item.scope }, base: { trip_id: own.scope } }),
    op(own, 'update', { patch: { person_id: person.id }, base: { person_id: null } }),
    op({ ...own, id: randomUUID() }, 'create', { patch: { name: 'x', trip_id: item.scope } }),
    op(aimed('default_rules', randomUUID(), world.ann.id), 'create', { patch: { name: 'x', per: 'day' } }),
    op(aimed('trip_members', randomUUID(), item.scope), 'create', { patch: { user_id: world.eve.id, role: 'owner', name: 'Eve' } }),
  ])
  expect(answers.map(({ status }) => status)).toEqual(['forbidden', 'forbidden', 'forbidden', 'not_found', 'forbidden', 'invalid', 'invalid', 'forbidden', 'forbidden'])
  expect(JSON.stringify(answers)).not.toContain(secret)
  expect(await world.untouchable()).toBe(before)
})

test('[PU5] no op says who its user is: members of that meaning are ignored, and columns of it refused', async () => {
  const id = randomUUID()
  const trip = aimed('trips', id, id)
  const [posing] = await push(world.eve, [op(trip, 'create', { patch: { name: 'x', created_by: world.ann.id } })])
  expect(posing).toMatchObject({ status: 'invalid' })
  await push(world.eve, [op(trip, 'create', { patch: { name: 'x' }, user: world.ann.id, user_id: world.ann.id, by: world.ann.id })])
  const [made] = await world.owner<Array<{ created_by: string }>>`select created_by from public.trips where id = ${id}`
  expect(made?.created_by).toBe(world.eve.id)
})

test('[PL4] cursors of a hidden scope bring nothing of it but that it is out of reach', async () => {
  const scope = hiddenRow('items').scope
  for (const cursor of ['0', '1', '999999999', '1:6:00000000-0000-0000-0000-000000000000', null]) {
    const page = await pull(world.eve, { cursors: { [scope]: cursor }, only: true })
    expect([page.rows, page.scopes, page.deleted, page.reset]).toEqual([{}, {}, [], []])
    expect(page.gone.filter((one) => one.scope !== scope || one.reason !== 'revoked')).toEqual([])
  }
})

test.each([{ x: '1' }, { '': null }, { "'; --": '1' }, { [randomUUID()]: 'x' }, { [randomUUID()]: 1 }, { [randomUUID()]: '99999999999999999999' }])('[PL3] cursors that are none are refused in a sentence of their own, also where only they are asked about: %j', async (cursors) => {
  for (const only of [true, false]) {
    const refused = world.eve.client.rpc('sync_pull', { request: { cursors, only } })
    expect(await refused).toMatchObject({ status: 400, error: { code: 'PT400' } })
  }
})

test('[PU5] the history of a row or a scope that is out of sight is empty, and odd requests for it are refused', async () => {
  const row = hiddenRow('items')
  expect(await world.eve.client.rpc('sync_history', { collection: 'items', id: row.id })).toMatchObject({ data: { entries: [] } })
  expect(await world.eve.client.rpc('sync_scope_history', { scope: row.scope })).toMatchObject({ data: { entries: [] } })
  for (const collection of ['pg_class', "items'; --", '__proto__', '', 'auth.users']) {
    expect(await world.eve.client.rpc('sync_history', { collection, id: row.id })).toMatchObject({ data: null, status: 404 })
  }
  for (const at_most of [0, -1, 1e9, null]) {
    expect(await world.eve.client.rpc('sync_history', { collection: 'items', id: row.id, at_most })).toMatchObject({ data: null, status: 400 })
  }
})

test.each(['', '"columns":null,', '"columns":{"0":"name"},', '"columns":["name",null],', '"columns":["name"],"kind":"replace",', '"columns":["name"],"kind":"\\u0000",'])('[PU3] a group of which not even the head can be read fails nothing beside it: %s', async (members) => {
  const sound = JSON.stringify(op(inOwnTrip(), 'create', { patch: { name: 'sound' } }))
  const answers = await pushText(`[{${members}"collection":"items","scope":"${randomUUID()}","ops":[["${randomUUID()}","${randomUUID()}",null,0,"x"]]},${sound}]`)
  expect(answers.map(({ status }) => status)).toEqual(['invalid', 'applied'])
})

test.each(['', '\\', '\\x0', "' or true; --", '%', '\u202e', 'x'.repeat(100_000)])('[PU5] a token that is none opens nothing, and is told so in a sentence of its own', async (token) => {
  expect(await world.eve.client.rpc('accept_invite', { token })).toMatchObject({ data: null, status: 404, error: { code: 'PT404' } })
})

test('[PU5] [PL6] a deleted trip is made again only by who was in it then: a stranger who knows its id could read what was done in it', async () => {
  const scope = randomUUID()
  const trip = aimed('trips', scope, scope)
  const item = aimed('items', randomUUID(), scope)
  await push(world.ann, [op(trip, 'create', { patch: { name: secret } }), op(item, 'create', { patch: { name: secret } })])
  // A former member knows the id.
  await world.owner`insert into public.trip_members (trip_id, user_id, role, name) values (${scope}, ${world.eve.id}, 'editor', 'Eve')`
  await world.owner`delete from public.trip_members where trip_id = ${scope} and user_id = ${world.eve.id}`
  expect(await push(world.ann, [op(trip, 'delete')])).toMatchObject([{ status: 'applied' }])

  for (const kind of ['create', 'replace']) {
    expect(await push(world.eve, [op(trip, kind, { patch: { name: 'mine now' }, base: {} })])).toMatchObject([{ status: 'forbidden', code: '42501' }])
  }
  expect(await world.eve.client.from('trips').insert({ id: scope, name: 'mine now' })).toMatchObject({ error: { code: '42501' } })
  const history = await world.eve.client.rpc('sync_scope_history', { scope })
  expect(JSON.stringify(history.data)).not.toContain(secret)

  expect(await push(world.ann, [op(trip, 'replace', { patch: { name: 'again' }, base: {} })])).toMatchObject([{ status: 'applied' }])
})

test('[PL6] whoever was a member when a trip was deleted may make it again, though another deleted it', async () => {
  const scope = randomUUID()
  const trip = aimed('trips', scope, scope)
  await push(world.ann, [op(trip, 'create', { patch: { name: 'ours' } })])
  await world.owner`insert into public.trip_members (trip_id, user_id, role, name) values (${scope}, ${world.eve.id}, 'editor', 'Eve')`
  await push(world.ann, [op(trip, 'delete')])
  expect(await push(world.eve, [op(trip, 'replace', { patch: { name: 'ours' }, base: {} })])).toMatchObject([{ status: 'applied' }])
})

test('[PU5] the scope of a user whose account is gone is nobody’s: no trip takes its id', async () => {
  const [row] = await world.owner<[{ id: string }]>`insert into auth.users (id, email) values (gen_random_uuid(), ${`${randomUUID()}@example.com`}) returning id`
  await world.owner`insert into public.default_rules (id, user_id, name, per) values (gen_random_uuid(), ${row.id}, ${secret}, 'trip')`
  await world.owner`delete from auth.users where id = ${row.id}`
  const trip = op(aimed('trips', row.id, row.id), 'create', { patch: { name: 'x' } })
  expect(await push(world.eve, [trip])).toMatchObject([{ status: 'forbidden' }])
})

test('[PU5] a viewer cannot take a row by moving it to a trip of their own', async () => {
  const before = await world.untouchable()
  const item = world.readOnly.find(({ collection }) => collection === 'items') ?? inOwnTrip()
  const to = world.own[0]?.scope
  const [answer] = await push(world.eve, [op(item, 'update', { patch: { trip_id: to }, base: { trip_id: item.scope } })])
  expect(answer?.status).toBe('forbidden')
  await world.eve.client.from('items').update({ trip_id: to }).eq('id', item.id)
  expect(await world.untouchable()).toBe(before)
})
