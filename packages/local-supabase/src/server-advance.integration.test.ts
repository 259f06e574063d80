import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { Device, op, pull, pushWhole, sync } from './server-testing.ts'
import type { Fields } from './server-testing.ts'
import { startLocalSupabase } from './start.ts'
import type { LocalSupabase } from './start.ts'
import { signIn } from './testing.ts'
import type { SignedIn } from './testing.ts'

let supabase: LocalSupabase
let ann: SignedIn
const [scope, other] = [randomUUID(), randomUUID()]
const device = new Device()
beforeAll(async () => {
  supabase = await startLocalSupabase({ database: { kind: 'postgres' } })
  ann = await signIn(supabase, 'ann')
  for (const id of [scope, other]) await pushWhole(ann, [op({ collection: 'trips', id, scope: id }, 'create', { patch: { name: 'Rome' } })])
  await pushWhole(ann, ['tent', 'cup', 'rope'].map((name) => op(item(name), 'create', { patch: { name, quantity: 1 } })))
})
afterAll(() => supabase.close())

const ids: Record<string, string> = { tent: randomUUID(), cup: randomUUID(), rope: randomUUID() }
const item = (name: string) => ({ collection: 'items', id: ids[name]!, scope })
const versionOf = (id: string) => device.rows.get(`items ${id}`)?.sync_version ?? device.rows.get(`trips ${id}`)?.sync_version
const update = (name: string, patch: Fields, more: Fields = {}) => op(item(name), 'update', { base_version: versionOf(ids[name]!), patch, base: {}, ...more })

/** What the push of a device that has everything is told of its cursor, and what the commit says that it may be. */
async function told(ops: readonly Fields[]): Promise<{ advance: unknown; exact: unknown; statuses: string }> {
  const [before] = await supabase.sql('select seq from sync.scopes where scope_id = $1', [scope])
  const { advance, answers } = await pushWhole(ann, ops)
  const seq = Number(before?.['seq'])
  return { advance, exact: { [scope]: [String(seq), String(seq + 1)] }, statuses: answers.map(({ status }) => status).join(' ') }
}

describe('[S7] [PL1] a push whose commit holds nothing but what its device knows', () => {
  test('tells so: the cursor may pass the rows, and a pull from there brings nothing', async () => {
    await sync(ann, device)
    const { advance, exact } = await told([update('tent', { name: 'Big tent', packed: true }), update('cup', { quantity: 2 })])
    expect(advance).toEqual(exact)
    const page = await pull(ann, { cursors: { ...device.cursors, [scope]: (advance as Record<string, [string, string]>)[scope]![1] } })
    expect([page.rows, page.deleted, page.more]).toEqual([{}, [], false])
  })

  test('also where it was merged: the answer has the row', async () => {
    await sync(ann, device)
    await supabase.sql('update public.items set quantity = 9 where id = $1', [ids['tent']])
    const { advance, exact, statuses } = await told([update('tent', { name: 'Tarp' }, { base: { name: 'Big tent' } })])
    expect([statuses, advance]).toEqual(['merged', exact])
  })

  test('of a row that is changed twice: the last answer has it', async () => {
    await sync(ann, device)
    const { advance, exact, statuses } = await told([update('tent', { name: 'g' }), update('tent', { name: 'h' }, { base: { name: 'g' } })])
    expect([statuses, advance]).toEqual(['applied merged', exact])
  })

  test('also after a push to another table: what is still counted of that is looked into', async () => {
    await pushWhole(ann, [op({ collection: 'people', id: randomUUID(), scope }, 'create', { patch: { name: 'Ann' } })])
    await sync(ann, device)
    const { advance, exact } = await told([update('cup', { name: 'Cup' })])
    expect(advance).toEqual(exact)
  })

  test('of a row that moves: the scope that it comes to, and not the one that it leaves', async () => {
    await sync(ann, device)
    const { advance, exact } = await told([update('rope', { trip_id: other })])
    expect(Object.keys(advance as object)).toEqual([other])
    expect(exact).not.toEqual(advance)
    await supabase.sql('update public.items set trip_id = $1 where id = $2', [scope, ids['rope']])
  })
})

const withTrigger = (timing: string, body: string) => supabase.sql(`
  create function public.a_test() returns trigger language plpgsql security definer as $$ begin ${body} return new; end $$;
  create ${timing} on public.items for each row execute function public.a_test()`)

describe('[S7] [PL1] in every doubt a push tells nothing, and the device pulls', () => {
  afterEach(() => supabase.sql(`
    drop trigger if exists a_test on public.items;
    drop function if exists public.a_test;
    alter table public.items drop column if exists loud`))

  test('as of one row that two ops have told, beside another that is added to: two of the one are not the two', async () => {
    await sync(ann, device)
    const twice = [update('tent', { quantity: 41 }), update('tent', { quantity: 41 })]
    const { advance, statuses } = await told([...twice, update('cup', {}, { add: { quantity: 1 } })])
    expect([statuses, advance]).toEqual(['applied merged applied', {}])
  })

  /** Once: the trigger's own write calls it again. */
  const renameCup = `if new.id <> '${ids['cup']}' then update public.items set notes = gen_random_uuid() where id = '${ids['cup']}'; end if;`

  const addPerson = `insert into public.people (id, trip_id, name) values (gen_random_uuid(), new.trip_id, 'somebody');`

  const doubts: readonly (readonly [string, () => Promise<unknown>, () => readonly Fields[]])[] = [
    ['a trigger may change other columns', () => withTrigger('trigger a_test before update', `new.notes := 'set by a trigger';`), () => [update('tent', { name: 'a' })]],
    ['a trigger writes another row of the scope', () => withTrigger('trigger a_test after update', renameCup), () => [update('tent', { name: 'b' })]],
    ['a trigger writes the same row again', () => withTrigger('trigger a_test after update', `if new.notes is distinct from 'again' then update public.items set notes = 'again' where id = new.id; end if;`), () => [update('tent', { name: 'c', notes: 'once' })]],
    ['a trigger writes to another table of the scope', () => withTrigger('trigger a_test after update', addPerson), () => [update('tent', { name: 'j' })]],
    ['a trigger waits for the end of the transaction', () => withTrigger('constraint trigger a_test after update', renameCup).then(() => supabase.sql(`
      drop trigger a_test on public.items;
      create constraint trigger a_test after update on public.items deferrable initially deferred for each row execute function public.a_test()`)), () => [update('tent', { name: 'd' })]],
    ['a column is computed', () => supabase.sql('alter table public.items add column loud text generated always as (upper(name)) stored'), () => [update('tent', { name: 'e' })]],
    ['a row is created, of which the server fills in columns', () => Promise.resolve(), () => [op({ collection: 'items', id: randomUUID(), scope }, 'create', { patch: { name: 'new' } })]],
    ['a row is created beside an update', () => Promise.resolve(), () => [update('tent', { name: 'f' }), op({ collection: 'items', id: randomUUID(), scope }, 'create', { patch: { name: 'new' } })]],
    ['a row is deleted', () => Promise.resolve(), () => [op({ collection: 'items', id: ids['rope']!, scope }, 'delete', { base_version: versionOf(ids['rope']!) })]],
    ['a counter is added to: what the device reckons is no fact', () => Promise.resolve(), () => [update('tent', {}, { add: { quantity: 1 } })]],
    ['a value comes back in another form', () => Promise.resolve(), () => [op({ collection: 'trips', id: scope, scope }, 'update', { base_version: versionOf(scope), patch: { starts_on: '2026-7-1' }, base: {} })]],
    ['an op is refused', () => Promise.resolve(), () => [update('tent', { name: 'i' }), update('cup', { quantity: -1 })]],
  ]
  test.each(doubts)('%s', async (_doubt, prepare, ops) => {
    await prepare()
    await sync(ann, device)
    const { advance, statuses } = await told(ops())
    expect(statuses).toMatch(/applied|merged/)
    expect(advance).toEqual({})
  })

  test('what was done before: its rows are those of another commit', async () => {
    await sync(ann, device)
    const again = [update('tent', { name: 'j' })]
    expect((await told(again)).advance).not.toEqual({})
    expect(await told(again)).toMatchObject({ statuses: 'duplicate', advance: {} })
  })
})
