import { classify } from '../core/failure.ts'
import { firstRequest } from '../core/requests.ts'
import type { Op, Row } from '../core/types.ts'
import { TransportError, type PushResult } from '../engine/ports.ts'
import { Tables } from '../supabase/tables.ts'
import { grouped } from '../supabase/wire-groups.ts'
import { fromWireAnswer, fromWirePull, toWireOp, type WirePull, type WirePush } from '../supabase/wire.ts'
import type { SeededRandom } from '../testing/seeded-random.ts'
import { inWords, newRole } from '../testing/simulated-admin.ts'
import { isTooLarge, type SimulatedServer, type SimulatedServerParts } from '../testing/simulated-server.ts'
import type { Sql } from './sql-world.ts'

const names = ['trips', 'people', 'items'] as const
const tables = new Tables(names.map((name) => ({ collection: name, table: name, scopeField: name === 'trips' ? 'id' : 'tripId', columns: {} })))
const scopeOf = (name: string): string => (name === 'trips' ? 'id' : 'trip_id')
const forAll = (select: (name: string) => string, joint: string): string => names.map(select).join(` ${joint} `)

/** The real SQL behind the engine's port: `sync_push` and `sync_pull` as the user, times by the simulated clock. */
export function sqlServer(sql: Sql, parts: SimulatedServerParts): SimulatedServer {
  const { now, onCommit, pageLimit, opsAtOnce, random } = parts
  const frozen = new Map<string, string>()
  const complaints: string[] = []
  let writes = 0
  const call = (user: string, name: string) => callAs(sql, { user, name })
  return {
    push: async (batch, { user, device, clockOffset, now: deviceNow }) => {
      if (isTooLarge(batch, opsAtOnce)) throw new TransportError('Too large.', { kind: 'too-large', code: 'PT413', status: 413 })
      for (const op of batch.ops) {
        const content = JSON.stringify([op.kind, op.patch, op.baseValues, op.baseVersion, op.add])
        if ((frozen.get(op.opId) ?? content) !== content) complaints.push(`[OB3] the op ${op.opId} is not as it was: ${content}`)
        frozen.set(op.opId, content)
      }
      const most = random.chance(parts.undecided()) ? random.below(batch.ops.length) : batch.ops.length
      const decided = firstRequest(batch.ops, most)
      const undecided = decided.length
      const ops = grouped(decided.map((op) => toWireOp(op, tables, { now: deviceNow, clockOffset })))
      const result = (await call(user, 'sync_push')({ ops, device })) as WirePush
      const answers = batch.ops.map((op, place) => (place >= undecided ? undecidedOf(op) : answerTo(op, result)))
      for (const [place, { status }] of answers.entries()) {
        if (status !== 'applied' && status !== 'merged') continue
        writes += 1
        onCommit(batch.ops[place]!.scope, Infinity)
      }
      return { user: result.user, epoch: result.epoch ?? null, ...(result.as_of !== undefined && { asOf: result.as_of }), ...(result.advance !== undefined && { advance: result.advance }), now: now(), answers }
    },
    pull: async ({ user, cursors, etag, only, check = false }) => {
      const request = { ...(cursors !== null && { cursors }), ...(check && { check: tables.names }), limit: pageLimit, ...(etag !== null && { etag }), ...(only && { only }) }
      const result = (await call(user, 'sync_pull')({ request })) as WirePull | { readonly unchanged: true }
      return 'unchanged' in result ? 'unchanged' : { ...fromWirePull(result, tables), now: now() }
    },
    happen: async (event, chance) => {
      const what = event === 'members' ? await changeMembers(sql, parts.users, chance) : event === 'sql' ? await writeSql(sql, chance) : null
      if (what === null) return null
      writes += 1
      onCommit(what.scope, Infinity)
      return what.words
    },
    rowsFor: async (user) => {
      const mine = '(select trip_id from public.trip_members where user_id = $1)'
      const found = await sql(forAll((name) => `select '${name}' as collection, to_jsonb(t) as fields from public.${name} t where ${scopeOf(name)} in ${mine}`, 'union all'), [user])
      return found.map(({ collection, fields }): Row => tables.toRow(tables.tableOf(collection as string), fields as Parameters<Tables['toRow']>[1]))
    },
    returned: async () => {
      const found = await sql(forAll((name) => `select '${name}' as collection, t.id from public.${name} t join sync.tombstones d on d.row_id = t.id`, 'union all'), [])
      return found.map(({ collection, id }) => ({ collection: collection as string, id: id as string }))
    },
    writes: () => writes,
    complaints: () => complaints,
  }
}

const undecidedOf = ({ opId }: Op): PushResult['answers'][number] => ({ opId, status: 'retry', code: '40P01', message: 'Not decided.' })

function answerTo(op: Op, { answers }: WirePush): PushResult['answers'][number] {
  const answer = answers.find(({ op_id }) => op_id === op.opId)
  if (answer === undefined) throw new Error(`${op.opId} has no answer.`)
  return fromWireAnswer(answer, op, tables)
}

/** In one transaction, which ends with the text. Values are written into it, because only one statement could have parameters. */
function callAs(sql: Sql, { user, name }: { user: string; name: string }): (parameters: Readonly<Record<string, unknown>>) => Promise<unknown> {
  return async (parameters) => {
    const given = Object.entries(parameters).map(([key, value]) => `${key} => ${typeof value === 'string' ? literal(value) : literal(JSON.stringify(value))}`)
    const claims = JSON.stringify({ sub: user, role: 'authenticated' })
    try {
      const [row] = await sql(
        `select set_config('request.jwt.claims', ${literal(claims)}, true), set_config('role', 'authenticated', true);
         select public.${name}(${given.join(', ')}) as result`,
      )
      return row?.['result']
    } catch (cause) {
      const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'unknown'
      const status = /^PT(\d{3})$/.test(code) ? Number(code.slice(2)) : 500
      throw new TransportError(`${name} failed: ${String(cause)}`, { kind: classify({ status, code }), code, status, cause })
    }
  }
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

interface Written {
  readonly words: string
  readonly scope: string
}

const join = `insert into public.trip_members (trip_id, user_id, role) values ($1, $2, $3)
  on conflict (trip_id, user_id) do update set role = excluded.role`

async function changeMembers(sql: Sql, users: readonly string[], random: SeededRandom): Promise<Written | null> {
  const scope = random.pick(await sql('select id from public.trips order by id', []))?.['id'] as string | undefined
  const user = random.pick(users)!
  if (scope === undefined) return null
  const owners = await sql(`select user_id from public.trip_members where trip_id = $1 and role = 'owner'`, [scope])
  const change = newRole({ user, owners: owners.map((row) => row['user_id'] as string), random })
  if (change === null) return null
  if (change.role === null) await sql('delete from public.trip_members where trip_id = $1 and user_id = $2', [scope, user])
  else await sql(join, [scope, user, change.role])
  return { words: inWords(user, change.role, scope), scope }
}

/** Somebody writes plain SQL [PL8]. */
async function writeSql(sql: Sql, random: SeededRandom): Promise<Written | null> {
  const rows = await sql(forAll((name) => `select '${name}' as name, id, ${scopeOf(name)} as scope from public.${name}`, 'union all') + ' order by name, id', [])
  const { name, id, scope } = (random.pick(rows) ?? {}) as { name?: string; id?: string; scope?: string }
  if (name === undefined || scope === undefined) return null
  const deletes = name !== 'trips' && random.chance(0.3)
  if (deletes) await sql(`delete from public.${name} where id = $1`, [id])
  else await sql(`update public.${name} set name = $2 where id = $1`, [id, `sql-${random.below(1_000)}`])
  return { words: `SQL ${deletes ? 'deletes' : 'renames'} ${name}/${id}`, scope }
}
