import * as fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import type postgres from 'postgres'
import type { OpMaterial } from './hostile-values.ts'
import { op, openConnection, push } from './server-testing.ts'
import { startLocalSupabase } from './start.ts'
import type { LocalSupabase } from './start.ts'
import { signIn } from './testing.ts'
import type { SignedIn } from './testing.ts'

/** Stands in every text that Eve must not read, in whatever answer. */
export const secret = 'SECRET'

/** Thousands of ops in `npm test`; `HOSTILE_RUNS=20000` for an afternoon. A failure prints its seed, and the smallest case that fails. */
export const hostileRuns: number = Number(process.env['HOSTILE_RUNS'] ?? 250)

// The same each time, so that a change is blamed for what it breaks; HOSTILE_SEED=random looks further, and tells its seed.
const seed = process.env['HOSTILE_SEED'] ?? '20261121'
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) })

export interface Target {
  readonly collection: string
  readonly id: string
  readonly scope: string
}

/** Ann has a secret trip and rules of her own; of another trip of hers Eve, the attacker, is a viewer. Eve has trips too. */
export interface HostileWorld {
  /** What hostile requests are made of. Eve does not delete her trip, or she would soon have none. */
  readonly material: OpMaterial
  readonly supabase: LocalSupabase
  readonly ann: SignedIn
  readonly eve: SignedIn
  /** Past row level security. */
  readonly owner: postgres.Sql
  /** As Eve, without the API's own checks in front. */
  readonly asEve: postgres.Sql
  readonly hidden: readonly Target[]
  readonly readOnly: readonly Target[]
  readonly own: readonly Target[]
  /** A trip of Eve's that hostile ops do not name: what is valid must succeed there. */
  readonly quiet: string
  /** All that Eve must not change, as text. */
  untouchable(): Promise<string>
  close(): Promise<void>
}

export async function openHostileWorld(): Promise<HostileWorld> {
  const supabase = await startLocalSupabase({ database: { kind: 'postgres' } })
  const ann = await signIn(supabase, 'ann')
  const eve = await signIn(supabase, 'eve')
  const owner = await openConnection(supabase)
  const asEve = await openConnection(supabase, eve)
  const hidden = [...(await makeTrip(ann, secret)), ...(await makeOwnRule(ann, secret))]
  const readOnly = await makeTrip(ann, 'shared')
  const shared = readOnly[0]?.scope ?? ''
  await owner`insert into public.trip_members (trip_id, user_id, role, name) values (${shared}, ${eve.id}, 'viewer', 'Eve')`
  const own = [...(await makeTrip(eve, 'own')), ...(await makeOwnRule(eve, 'own'))]
  const [quiet] = await makeTrip(eve, 'quiet')
  const ofAnn = await owner<Array<{ id: string }>>`select op_id as id from sync.operations where user_id = ${ann.id}`
  const scopes = [ann.id, shared, ...hidden.map(({ scope }) => scope)]
  const opIdsOfAnn = ofAnn.map(({ id }) => id)
  const targets = [...hidden, ...readOnly, ...own.filter(({ collection }) => collection !== 'trips')]
  return {
    material: { targets, foreignOpIds: opIdsOfAnn, users: [ann.id, eve.id] },
    supabase, ann, eve, owner, asEve, hidden, readOnly, own,
    quiet: quiet?.scope ?? '',
    untouchable: () => rowsOf(owner, { scopes, user: ann.id }),
    close: async () => {
      await Promise.all([owner.end(), asEve.end()])
      await supabase.close()
    },
  }
}

/** A trip with a row in each of its collections; the trip first. */
async function makeTrip(user: SignedIn, name: string): Promise<Target[]> {
  const scope = randomUUID()
  const patches = {
    trips: { name, notes: name, destination: name },
    trip_days: { day: '2026-07-01', destination: name, weather: name },
    trip_rules: { name, per: 'day', category: name },
    people: { name, color: name },
    items: { name, notes: name, category: name },
  }
  const made = Object.entries(patches).map(([collection, patch]) => {
    const target = { collection, id: collection === 'trips' ? scope : randomUUID(), scope }
    return { target, op: op(target, 'create', { patch }) }
  })
  await pushAll(user, made.map((one) => one.op))
  return made.map(({ target }) => target)
}

async function makeOwnRule(user: SignedIn, name: string): Promise<Target[]> {
  const target = { collection: 'default_rules', id: randomUUID(), scope: user.id }
  await pushAll(user, [op(target, 'create', { patch: { name, per: 'trip' } })])
  return [target]
}

async function pushAll(user: SignedIn, ops: Parameters<typeof push>[1]): Promise<void> {
  const refused = (await push(user, ops)).filter(({ status }) => status !== 'applied')
  if (refused.length > 0) throw new Error(`The world could not be made: ${JSON.stringify(refused)}`)
}

/** All rows of these scopes and what sync remembers of them and of the user, in a fixed order. */
async function rowsOf(owner: postgres.Sql, of: { scopes: string[]; user: string }): Promise<string> {
  const collections = await owner<Array<{ relation: string; column: string }>>`
    select relation::text, scope_column as column from sync.collections order by ordinal`
  const tables = [
    ...collections.map(({ relation, column }) => ({ relation, where: `t.${column} = any ($1::uuid[])` })),
    ...['sync.scopes', 'sync.commits', 'sync.tombstones'].map((relation) => ({ relation, where: 't.scope_id = any ($1::uuid[])' })),
    ...['sync.operations', 'sync.refusals'].map((relation) => ({ relation, where: 't.user_id = ($1::uuid[])[1]' })),
    { relation: 'public.trip_invites', where: 't.trip_id = any ($1::uuid[])' },
  ]
  const texts = await Promise.all(tables.map(async ({ relation, where }) => {
    const rows = await owner.unsafe<Array<{ row: string }>>(`select to_jsonb(t.*)::text as row from ${relation} t where ${where} order by 1`, [[of.user, ...of.scopes]])
    return [relation, ...rows.map(({ row }) => row)].join('\n')
  }))
  return texts.join('\n')
}
