import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { op } from './server-testing.ts'
import { callers, openRolesWorld } from './roles-testing.ts'
import type { Caller, RolesWorld } from './roles-testing.ts'

// [PU5] Who may do what, through the API. What is not in these tables nobody may; a new table or function of the catalogue
// that is not in them fails the first tests below: write down here who may use it.

type Verb = 'select' | 'insert' | 'update' | 'delete'
type Access = Readonly<Record<Verb, readonly Caller[]>>

const members = ['owner', 'editor', 'viewer'] as const
const editors = ['owner', 'editor'] as const
const accounts = ['owner', 'editor', 'viewer', 'former', 'stranger'] as const
const signedIn = [...accounts, 'deleted'] as const
const content: Access = { select: members, insert: editors, update: editors, delete: editors }

/** The row in question is of the trip or, of their own rules, the owner's; who starts a trip or makes a rule of their own makes a new one. */
const tables: Readonly<Record<string, Access>> = {
  trips: { select: members, insert: accounts, update: editors, delete: ['owner'] },
  // Whom somebody has removed, as has been done here. All others come by invitation.
  trip_members: { select: members, insert: ['owner'], update: ['owner'], delete: ['owner'] },
  trip_days: content,
  trip_rules: content,
  people: content,
  items: content,
  default_rules: { select: ['owner'], insert: accounts, update: ['owner'], delete: ['owner'] },
  trip_invites: { select: [], insert: [], update: [], delete: [] },
}

/** Who gets something, for what is right to ask: a trip of the owner's, an invitation that holds and is for the caller's address. */
const functions: Readonly<Record<string, readonly Caller[]>> = {
  'sync_push(ops json, device text)': signedIn,
  'sync_pull(request jsonb)': signedIn,
  'sync_history(collection text, id uuid, before bigint, at_most integer)': members,
  'sync_scope_history(scope uuid, before bigint, at_most integer)': members,
  'create_invite(trip uuid, role text, email text)': ['owner'],
  'accept_invite(token text)': accounts,
  'accept_my_invite(invite uuid)': accounts,
  'my_invites()': accounts,
  'sent_invites(trip uuid)': ['owner'],
  'revoke_invite(invite uuid)': ['owner'],
  'hand_over_trip(trip uuid, to_user uuid)': ['owner'],
}

let world: RolesWorld
beforeAll(async () => {
  world = await openRolesWorld()
})
afterAll(() => world.supabase.close())

const namesOf = async (query: string) => (await world.supabase.sql(query, [])).map((row) => String(row['name']))

test('[PU5] every table of the API has its line above', async () => {
  const found = await namesOf(`select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')`)
  expect(found.toSorted()).toEqual(Object.keys(tables).toSorted())
})

test('[PU5] every function of the API has its line above', async () => {
  const found = await namesOf(`select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as name from pg_proc p where p.pronamespace = 'public'::regnamespace`)
  expect(found.toSorted()).toEqual(Object.keys(functions).toSorted())
})

/** What a row of a table needs, and what can be changed in it. */
function rowOf(table: string, id: string): { row: Record<string, unknown>; change: Record<string, unknown> } {
  const { trip, ids, guest } = world
  const named = { row: { id, trip_id: trip, name: 'x' }, change: { name: 'changed' } }
  switch (table) {
    case 'trips': return { row: { id, name: 'x' }, change: { name: 'changed' } }
    case 'trip_members': return { row: { id, trip_id: trip, user_id: guest, role: 'viewer', name: 'x' }, change: { name: 'changed' } }
    case 'trip_days': return { row: { id, trip_id: trip, day: '2026-07-01' }, change: { weather: 'changed' } }
    case 'trip_rules': return { row: { ...named.row, per: 'day' }, change: named.change }
    case 'default_rules': return { row: { id, name: 'x', per: 'day' }, change: named.change }
    case 'trip_invites': return { row: { id, trip_id: trip, role: 'editor', token_hash: '\\x00', created_by: ids.owner }, change: { uses_left: 99 } }
    default: return named
  }
}

/** A row that is there before the request; of trips, the trip itself, or a copy with the same members when it is to be deleted. */
async function existing(table: string): Promise<string> {
  const id = randomUUID()
  const { row } = rowOf(table, id)
  const owned = { ...row, ...(table === 'trips' && { created_by: world.owner }), ...(table === 'default_rules' && { user_id: world.owner }) }
  await world.supabase.sql(`insert into public.${table} (${Object.keys(owned).join(', ')}) values (${Object.keys(owned).map((_, index) => `$${index + 1}`).join(', ')})`, Object.values(owned))
  if (table === 'trips') {
    await world.supabase.sql(`insert into public.trip_members (trip_id, user_id, role, name)
      select $1, m.user_id, m.role, m.name from public.trip_members m where m.trip_id = $2 and m.role <> 'owner'`, [id, world.trip])
  }
  return id
}

/** Whether it took effect; the database is asked, not the answer. */
async function tries(caller: Caller, table: string, verb: Verb): Promise<boolean> {
  const id = verb === 'insert' ? randomUUID() : await existing(table)
  const { row, change } = rowOf(table, id)
  const before = await stateOf(table, id)
  const path = `${table}?id=eq.${id}`
  const requests = {
    select: () => world.request(caller, `${path}&select=id`),
    insert: () => world.request(caller, table, { method: 'POST', body: row }),
    update: () => world.request(caller, path, { method: 'PATCH', body: change }),
    delete: () => world.request(caller, path, { method: 'DELETE' }),
  }
  const { status, body } = await requests[verb]()
  expect(status).toBeLessThan(500)
  const after = await stateOf(table, id)
  await world.supabase.sql(`delete from public.${table} where id = $1`, [id])
  return verb === 'select' ? Array.isArray(body) && body.length > 0 : after !== before
}

async function stateOf(table: string, id: string): Promise<string> {
  return JSON.stringify(await world.supabase.sql(`select to_jsonb(t.*)::text as row from public.${table} t where id = $1`, [id]))
}

const attempts = Object.keys(tables).flatMap((table) => (['select', 'insert', 'update', 'delete'] as const).map((verb) => [verb, table] as const))
test.each(attempts)('[PU5] who may %s %s', async (verb, table) => {
  const able: Caller[] = []
  for (const caller of callers) if (await tries(caller, table, verb)) able.push(caller)
  expect(able).toEqual(callers.filter((caller) => tables[table]?.[verb].includes(caller)))
})

/** Something is what is neither an error nor a list without entries. */
const isSomething = ({ status, body }: { status: number; body: unknown }) => status < 300 && JSON.stringify(body) !== '[]' && !JSON.stringify(body).includes('"entries":[]')

test.each(Object.keys(functions))('[PU5] who gets something by %s', async (signature) => {
  const name = signature.slice(0, signature.indexOf('('))
  const { trip } = world
  const rename = op({ collection: 'trips', id: trip, scope: trip }, 'update', { patch: { notes: signature }, base: { notes: null } })
  await world.request('owner', 'rpc/sync_push', { method: 'POST', body: { ops: [rename] } })
  const able: Caller[] = []
  for (const caller of callers) {
    const invite = await world.request('owner', 'rpc/create_invite', { method: 'POST', body: { trip, role: 'viewer', email: `${caller}@example.com` } })
    const [sent] = await world.supabase.sql('select id from public.trip_invites where email = $1 order by created_at desc limit 1', [`${caller}@example.com`])
    const parameters: Record<string, object> = {
      sync_push: { ops: [] }, sync_pull: { request: {} },
      sync_history: { collection: 'trips', id: trip }, sync_scope_history: { scope: trip },
      create_invite: { trip, role: 'editor' }, accept_invite: { token: invite.body },
      accept_my_invite: { invite: sent?.['id'] }, revoke_invite: { invite: sent?.['id'] }, sent_invites: { trip }, hand_over_trip: { trip, to_user: world.ids.editor },
    }
    const answer = await world.request(caller, `rpc/${name}`, { method: 'POST', body: parameters[name] ?? {} })
    expect(answer.status).toBeLessThan(500)
    if (isSomething(answer)) able.push(caller)
    await world.restoreMembers()
  }
  expect(able).toEqual(callers.filter((caller) => functions[signature]?.includes(caller)))
})

test('[ID1] who has no valid token is told so with 401 by what sync calls', async () => {
  for (const caller of ['anon', 'expired'] as const) {
    for (const [name, body] of [['sync_push', { ops: [] }], ['sync_pull', { request: {} }]] as const) {
      expect((await world.request(caller, `rpc/${name}`, { method: 'POST', body })).status).toBe(401)
    }
  }
})

test('[PU5] of the other schemas nobody reaches a function or a table', async () => {
  const hidden = await world.supabase.sql(`
    select p.proname as name, n.nspname as schema, 'rpc/' as kind from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('sync', 'packing_list')
    union select c.relname, n.nspname, '' from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('sync', 'packing_list') and c.relkind in ('r', 'v', 'm')`, [])
  expect(hidden.length).toBeGreaterThan(50)
  const reached: string[] = []
  for (const { name, schema, kind } of hidden) {
    for (const caller of ['owner', 'anon'] as const) {
      const profile = { 'accept-profile': String(schema), 'content-profile': String(schema) }
      const { status } = await world.request(caller, `${String(kind)}${String(name)}`, { headers: profile, ...(kind === 'rpc/' && { method: 'POST', body: {} }) })
      if (status < 400) reached.push(`${caller}: ${String(schema)}.${String(name)}`)
    }
  }
  expect(reached).toEqual([])
})

test('[PU5] in the database itself anon has no right in schema sync, and authenticated none but to read the registry and the limits', async () => {
  const rights = await namesOf(`
    select r.role || ': ' || c.relname || ' ' || p.privilege as name
      from pg_class c cross join (values ('anon'), ('authenticated')) r (role)
           cross join (values ('select'), ('insert'), ('update'), ('delete'), ('truncate'), ('references'), ('trigger')) p (privilege)
     where c.relnamespace = 'sync'::regnamespace and c.relkind in ('r', 'v', 'm', 'S')
       and case when c.relkind = 'S' then p.privilege in ('select', 'update') and has_sequence_privilege(r.role, c.oid, p.privilege)
                else has_table_privilege(r.role, c.oid, p.privilege) end`)
  expect(rights.toSorted()).toEqual(['authenticated: collections select', 'authenticated: settings select'])
  expect(await namesOf(`select 'usage' as name where has_schema_privilege('anon', 'sync', 'usage')`)).toEqual([])
})
