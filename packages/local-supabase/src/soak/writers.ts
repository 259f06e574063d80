import { randomUUID } from 'node:crypto'
import type postgres from 'postgres'
import { op } from '../server-testing.ts'
import type { Answer, Fields } from '../server-testing.ts'
import type { SignedIn } from '../testing.ts'
import { randomFrom } from './soak.ts'

/** How a writer writes: ops of a push, SQL, SQL in a transaction that sees nothing newer than its start, or plain supabase-js. */
export type Way = 'push' | 'sql' | 'repeatable read' | 'supabase-js'

export interface Writer {
  readonly way: Way
  readonly user: SignedIn
  /** As the user. */
  readonly connection: postgres.Sql
  readonly seed: number
}

/** What all writers share: the scopes, and where each row lies that has been committed, as far as they know. */
export interface Field {
  readonly scopes: readonly string[]
  readonly rows: Map<string, string>
}

/** Inserts, updates, deletes and moves to other scopes, one a transaction, which take effect up to 10 ms after they wrote. */
export async function write(writer: Writer, field: Field, times: number): Promise<void> {
  const random = randomFrom(writer.seed)
  const anyOf = <Value>(values: readonly Value[]): Value | undefined => values[Math.floor(random() * values.length)]
  for (let time = 0; time < times; time += 1) {
    const chance = random()
    const delay = random() < 0.3 ? random() * 0.01 : 0
    const known = chance < 0.45 ? undefined : anyOf([...field.rows.keys()].slice(-200))
    const scope = anyOf(field.scopes) ?? ''
    const act: Act = known === undefined ? { kind: 'insert', id: randomUUID(), scope } : actOn(known, { chance, scope, field })
    await take(act, { writer, delay })
    if (act.kind === 'delete') field.rows.delete(act.id)
    else field.rows.set(act.id, act.kind === 'move' ? act.to : act.scope)
  }
}

interface Change {
  readonly kind: 'insert' | 'update' | 'delete'
  readonly id: string
  readonly scope: string
}
interface Move {
  readonly kind: 'move'
  readonly id: string
  readonly scope: string
  readonly to: string
}
type Act = Change | Move

function actOn(id: string, { chance, scope, field }: { chance: number; scope: string; field: Field }): Act {
  const from = field.rows.get(id) ?? scope
  if (chance < 0.75) return { kind: 'update', id, scope: from }
  return chance < 0.87 ? { kind: 'delete', id, scope: from } : { kind: 'move', id, scope: from, to: scope }
}

async function take(act: Act, { writer, delay }: { writer: Writer; delay: number }): Promise<void> {
  if (writer.way === 'supabase-js') return takeByClient(act, writer.user)
  // A push gives its commit a number at its end, and PostgREST commits at once: what makes it late is what came before.
  if (writer.way === 'push' && act.kind !== 'move') return late(writer.connection, delay, (sql) => takeByPush(act, sql))
  const isolation = writer.way === 'repeatable read' ? 'isolation level repeatable read' : ''
  for (;;) {
    try {
      await writer.connection.begin(isolation, async (sql) => {
        await takeBySql(act, sql)
        await sql`select pg_sleep(${delay})`
      })
      return
    } catch (error) {
      // What repeatable read promises: somebody else was faster, try again.
      if (writer.way !== 'repeatable read' || (error as { code?: string }).code !== '40001') throw error
    }
  }
}

async function late(connection: postgres.Sql, delay: number, work: (sql: postgres.TransactionSql) => Promise<void>): Promise<void> {
  await connection.begin(async (sql) => {
    await sql`select pg_current_xact_id(), pg_sleep(${delay})`
    await work(sql)
  })
}

async function takeBySql(act: Act, sql: postgres.TransactionSql): Promise<void> {
  if (act.kind === 'move') await sql`update public.items set trip_id = ${act.to} where id = ${act.id}`
  else if (act.kind === 'insert') await sql`insert into public.items (id, trip_id, name) values (${act.id}, ${act.scope}, 'x')`
  else if (act.kind === 'update') await sql`update public.items set quantity = quantity + 1 where id = ${act.id}`
  else await sql`delete from public.items where id = ${act.id}`
}

const patches: Record<Change['kind'], [kind: string, fields: Fields]> = {
  insert: ['create', { patch: { name: 'x' } }],
  update: ['update', { patch: {}, base: {}, add: { quantity: 1 } }],
  delete: ['delete', {}],
}

/** A row that others have deleted or moved meanwhile is an answer, too; one that says "not decided" is not. */
async function takeByPush(act: Change, sql: postgres.TransactionSql): Promise<void> {
  const sent = [op({ collection: 'items', id: act.id, scope: act.scope }, ...patches[act.kind])]
  const [result] = await sql<[{ answers: Answer[] }]>`select public.sync_push(${JSON.stringify(sent)}::text::json) -> 'answers' as answers`
  const [answer] = result.answers
  if (answer === undefined || answer.status === 'retry' || (act.kind === 'insert' && answer.status !== 'applied')) throw new Error(`A push was answered ${JSON.stringify(answer)}`)
}

async function takeByClient(act: Act, { client }: SignedIn): Promise<void> {
  const items = client.from('items')
  const { error } =
    act.kind === 'delete' ? await items.delete().eq('id', act.id)
    : act.kind === 'move' ? await items.update({ trip_id: act.to }).eq('id', act.id)
    : await items.upsert({ id: act.id, trip_id: act.scope, name: `x ${randomUUID()}` })
  if (error) throw new Error(`${act.kind}: ${error.code} ${error.message}`)
}
