import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Cluster } from '../cluster.ts'
import { Device, op, openConnection, pullOver, push } from '../server-testing.ts'
import type { Page } from '../server-testing.ts'
import { startLocalSupabase } from '../start.ts'
import type { LocalSupabase } from '../start.ts'
import { findSystemPostgres, startReplica } from '../system-postgres.ts'
import { signIn } from '../testing.ts'
import type { SignedIn } from '../testing.ts'
import { patience, randomFrom, report, sized } from './soak.ts'

const programs = findSystemPostgres()

// The embedded Postgres has no pg_basebackup; on a machine without one of its own this is skipped, and reported as skipped.
describe.skipIf(programs === undefined)('a read replica that lags (needs the programs in /usr/lib/postgresql)', () => {
  let primary: LocalSupabase
  let replica: Cluster
  let ann: SignedIn
  let ben: SignedIn
  /** Ben's, by which he pulls. */
  let onPrimary: postgres.Sql
  let onReplica: postgres.Sql
  /** The owner's, to hold the replica up. */
  let control: postgres.Sql

  beforeAll(async () => {
    const system = { kind: 'system', programs: programs ?? '' } as const
    primary = await startLocalSupabase({ database: system })
    replica = await startReplica(system.programs, primary.databaseUrl ?? '')
    ann = await signIn(primary, 'ann')
    ben = await signIn(primary, 'ben')
    control = postgres(replica.url, { max: 1 })
    await caughtUp()
    onPrimary = await openConnection(primary, ben)
    onReplica = await openConnection({ databaseUrl: replica.url }, ben)
  })
  afterAll(async () => {
    await Promise.all([onPrimary, onReplica, control].map((connection) => connection.end()))
    await replica.stop()
    await primary.close()
  })

  async function caughtUp(): Promise<void> {
    await control`select pg_wal_replay_resume()`
    const [now] = await primary.sql('select pg_current_wal_lsn()::text as lsn')
    await vi.waitFor(async () => {
      const [replayed] = await control`select pg_last_wal_replay_lsn() >= ${String(now?.['lsn'])}::text::pg_lsn as done`
      expect(replayed).toEqual({ done: true })
    }, { timeout: 20_000 })
  }

  async function heldUp(): Promise<void> {
    await control`select pg_wal_replay_pause()`
    await vi.waitFor(async () => expect(await control`select pg_get_wal_replay_pause_state() as state`).toMatchObject([{ state: 'paused' }]), { timeout: 20_000 })
  }

  async function sharedTrip(): Promise<string> {
    const scope = randomUUID()
    await push(ann, [op({ collection: 'trips', id: scope, scope }, 'create', { patch: { name: 'Rome' } })])
    await join(scope)
    return scope
  }

  const join = (scope: string) => primary.sql(`insert into public.trip_members (trip_id, user_id, role) values ($1, $2, 'editor')`, [scope, ben.id])
  const leave = (scope: string) => primary.sql('delete from public.trip_members where trip_id = $1 and user_id = $2', [scope, ben.id])
  const toggle = async (scope: string) => {
    const [there] = await primary.sql('select from public.trip_members where trip_id = $1 and user_id = $2', [scope, ben.id])
    await (there === undefined ? join(scope) : leave(scope))
  }
  const add = (scope: string) => primary.sql(`insert into public.items (id, trip_id, name) values ($1, $2, 'x')`, [randomUUID(), scope])

  /** Begins at one step, ends at another: others begin and end meanwhile. */
  async function longerTransaction() {
    const sql = await openConnection(primary)
    let isOpen = false
    return {
      async step(scope: string): Promise<void> {
        if (isOpen) await sql`commit`
        else {
          await sql`begin`
          await sql`insert into public.items (id, trip_id, name) values (${randomUUID()}, ${scope}, 'longer')`
        }
        isOpen = !isOpen
      },
      async end(): Promise<void> {
        if (isOpen) await sql`commit`
        await sql.end()
      },
    }
  }

  /** What Ben may see, as one text. */
  async function truth(): Promise<string> {
    const rows = await onPrimary<Array<{ key: string }>>`
      select 'items ' || id || ' ' || sync_version as key from public.items union all select 'trips ' || id || ' ' || sync_version from public.trips`
    return rows.map(({ key }) => key).sort().join('\n')
  }

  test('[PL5] sync_pull runs on a replica, which may write nothing, and answers as the primary does', async () => {
    const scope = await sharedTrip()
    await add(scope)
    await caughtUp()
    const [here, there] = await Promise.all([onPrimary, onReplica].map((connection) => pullOver(connection, { cursors: {} })))
    expect(there).toEqual({ ...here, now: there?.now })
    expect(await pullOver(onReplica, { etag: String(here?.etag) })).toEqual({ unchanged: true })
    await expect(onReplica`select public.sync_push('[]')`).rejects.toMatchObject({ code: '25006' })
  })

  test('[PL4] an answer is older also where it lacks but one transaction that began before others and ended after them', async () => {
    // A poke takes a transaction id of its own at the end, and would hide what is asked here.
    await primary.sql('alter function realtime.send(jsonb, text, text, boolean) rename to send_nothing')
    const [left, other] = [await sharedTrip(), await sharedTrip()]
    const reader = readerOf(isOlder)
    const owner = await openConnection(primary)
    await owner`begin`
    await owner`delete from public.trip_members where trip_id = ${left} and user_id = ${ben.id}`
    await add(other)
    await caughtUp()
    await reader.pull(onPrimary)
    expect(reader.device.held(left, 'trips')).toHaveLength(1)
    await heldUp()
    await owner`commit`
    expect(await reader.pull(onPrimary)).toBe(true)
    expect(reader.device.held(left)).toEqual([])
    expect(await reader.pull(onReplica)).toBe(false)
    expect(reader.device.held(left)).toEqual([])
    await caughtUp()
    expect(await reader.pull(onReplica)).toBe(true)
    await owner.end()
    await primary.sql('alter function realtime.send_nothing(jsonb, text, text, boolean) rename to send')
  })

  test('[PL4] [PL5] pulls from the primary and a replica that is held up, in turn, never go backwards', { timeout: patience }, async () => {
    const random = randomFrom(7)
    const scopes = [await sharedTrip(), await sharedTrip(), await sharedTrip()]
    const longer = await longerTransaction()
    const history = [await truth()]
    const [reader, careless] = [readerOf(isOlder), readerOf(() => false)]
    let [latest, latestCareless, backwards, thrown] = [0, 0, 0, 0]
    const steps = sized({ short: 150, long: 1_500 })
    for (let step = 0; step < steps; step += 1) {
      const scope = scopes[Math.floor(random() * scopes.length)] ?? ''
      const chance = random()
      if (chance < 0.04) await heldUp()
      else if (chance < 0.08) await caughtUp()
      else if (chance < 0.14) await longer.step(scope)
      else if (chance < 0.4) await add(scope)
      else if (chance < 0.5) await primary.sql('delete from public.items where id = (select id from public.items where trip_id = $1 limit 1)', [scope])
      else if (chance < 0.6) await toggle(scope)
      const now = await truth()
      if (now !== history.at(-1)) history.push(now)
      const connection = random() < 0.5 ? onPrimary : onReplica
      if (!(await reader.pull(connection))) thrown += 1
      const place = history.lastIndexOf(reader.held())
      expect(place).toBeGreaterThanOrEqual(latest)
      latest = place
      // A row that falls back is an error of the device's.
      const fellBack = await careless.pull(connection).then(() => false, () => true)
      const carelessPlace = history.lastIndexOf(careless.held())
      if (fellBack || carelessPlace < latestCareless) backwards += 1
      latestCareless = carelessPlace
    }
    await longer.end()
    history.push(await truth())
    await caughtUp()
    expect(await reader.pull(onReplica)).toBe(true)
    expect(reader.held()).toBe(history.at(-1))
    expect(thrown).toBeGreaterThan(0)
    report(`${steps} pulls from a primary and a replica in turn: ${thrown} answers were older than what was known, and thrown away; without that ${backwards} would have gone backwards`)
  })
})

const isOlder = ({ as_of, behind }: Page, seen: number) => as_of < seen || behind.length > 0

/** A client that throws away what is too old for it. */
function readerOf(isTooOld: (page: Page, seen: number) => boolean) {
  const device = new Device()
  let seen = 0
  return {
    device,
    /** Resolves with whether the answer was taken. */
    async pull(connection: postgres.Sql): Promise<boolean> {
      for (;;) {
        const page = await pullOver(connection, { cursors: device.cursors, limit: sized({ short: 3, long: 40 }) })
        if (isTooOld(page, seen)) return false
        seen = page.as_of
        device.take(page)
        if (!page.more) return true
      }
    },
    held: () => [...device.rows.values()].filter(({ collection }) => collection === 'items' || collection === 'trips')
      .map(({ collection, id, sync_version }) => `${collection} ${id} ${sync_version}`).sort().join('\n'),
  }
}
