import type { LocalSupabase } from '@stowaway/local-supabase'
import type { WireOp } from '../../../../packages/sync/dist/supabase/wire.js'
import { grouped } from '../../../../packages/sync/dist/supabase/wire-groups.js'
import { compare, interleave, timedToEnd, type Rounds, type Variant } from '../measure.ts'
import type { Comparison } from '../report.ts'
import { insertOf, newItems, opHead, opsOf } from './new-items.ts'
import { createWriter, settleDatabase, type Writer } from './writer.ts'

/** V1: what a push of new rows costs the database, in batches of so many, against the one statement that could write them. */
export async function measureServerPush(backend: LocalSupabase, batch: number): Promise<Comparison[]> {
  const rounds: Rounds = batch >= 1_000 ? { warmUp: 2, measured: 8 } : { warmUp: 10, measured: 30 }
  const writers = [await createWriter(backend), await createWriter(backend), await createWriter(backend), await createWriter(backend), await createWriter(backend)] as const
  const [ours, whole, single, edited, patched] = writers
  await settleDatabase(backend)
  const one = batch >= 1_000 ? { warmUp: 1, measured: 2 } : { warmUp: 2, measured: 6 }
  const costs = await interleave({ ours: pushCreates(ours, batch), whole: insertWhole(whole, batch) }, rounds)
  const alone = await interleave({ ours: pushCreates(ours, batch), single: insertOneByOne(single, batch) }, one)
  const held = { ours: await pushUpdates(edited, batch), whole: await updateWhole(patched, batch) }
  const updates = await interleave(held, rounds)
  for (const { close } of writers) await close()

  const what = `push of ${batch.toLocaleString('en')} new ${batch === 1 ? 'row' : 'rows'}`
  return [
    { figure: 'V1', what, against: 'one multi-row insert', unit: 'ms', ...compare(costs.ours, costs.whole), goal: batch >= 100 ? 2 : null },
    { figure: 'V1', what, against: 'inserts row by row', unit: 'ms', ...compare(alone.ours, alone.single), goal: null },
    { figure: 'V1', what: `push of ${batch.toLocaleString('en')} edits`, against: 'one update … from (values …)', unit: 'ms', ...compare(updates.ours, updates.whole), goal: batch >= 100 ? 2 : null },
  ]
}

function pushCreates({ run, trips: [trip = ''] }: Writer, batch: number): Variant<number> {
  return (round) => {
    return timedPush(run, { ops: opsOf(trip, newItems(batch)), round })
  }
}

/** As the client sends them. */
async function timedPush(run: Writer['run'], { ops, round }: { ops: readonly WireOp[]; round: number }): Promise<number> {
  const text = JSON.stringify(grouped(ops))
  let answers: readonly { status: string }[] = []
  const milliseconds = await timedToEnd(async () => {
    const [answer] = await run<{ result: { answers: typeof answers } }>('select public.sync_push($1::text::json, $2) as result', [text, 'bench'])
    answers = answer?.result.answers ?? []
  })
  const applied = answers.filter(({ status }) => status === 'applied').length
  if (applied !== ops.length) throw new Error(`Only ${applied} of ${ops.length} ops of round ${round} were applied: the figures are of something else.`)
  return milliseconds
}

function insertWhole({ run, trips: [trip = ''] }: Writer, batch: number): Variant<number> {
  return () => {
    const statement = insertOf(trip, newItems(batch))
    return timedToEnd(() => run(statement))
  }
}

function insertOneByOne({ run, trips: [trip = ''] }: Writer, batch: number): Variant<number> {
  return () => {
    const statements = newItems(batch).map((item) => insertOf(trip, [item]))
    return timedToEnd(async () => {
      for (const statement of statements) await run(statement)
    })
  }
}

async function itemsOf({ run, trips: [trip = ''] }: Writer, batch: number): Promise<{ trip: string; ids: readonly string[] }> {
  const items = newItems(batch)
  await run(insertOf(trip, items))
  return { trip, ids: items.map(({ id }) => id) }
}

async function pushUpdates(writer: Writer, batch: number): Promise<Variant<number>> {
  const { trip, ids } = await itemsOf(writer, batch)
  return async (round) => {
    const rows = await writer.run<{ id: string; version: string }>('select id, sync_version::text as version from public.items where trip_id = $1', [trip])
    const versions = new Map(rows.map(({ id, version }) => [id, Number(version)]))
    const ops = ids.map((id) => ({ ...opHead(trip), kind: 'update' as const, id, base_version: versions.get(id) ?? null, patch: { quantity: round + 1 }, base: { quantity: round } }))
    return timedPush(writer.run, { ops, round })
  }
}

async function updateWhole(writer: Writer, batch: number): Promise<Variant<number>> {
  const { ids } = await itemsOf(writer, batch)
  return (round) => {
    const values = ids.map((id) => `('${id}'::uuid, ${round + 1})`).join()
    return timedToEnd(() => writer.run(`update public.items i set quantity = v.quantity from (values ${values}) v (id, quantity) where i.id = v.id`))
  }
}
