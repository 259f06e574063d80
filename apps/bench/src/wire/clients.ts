import { randomUUID } from 'node:crypto'
import { grouped } from '../../../../packages/sync/dist/supabase/wire-groups.js'
import type { WireOp } from '../../../../packages/sync/dist/supabase/wire.js'
import type { Client, OpenClient } from './client.ts'
import { lastSteps, type Step } from './steps.ts'
import type { Traveller } from './traveller.ts'

const nothing = () => Promise.resolve()

/** Clients without a device: what is to be sent is held, and one function sends it. */
function sending(send: (steps: readonly Step[]) => Promise<unknown>): Client {
  let held: readonly Step[] = []
  return {
    goOffline: () => {},
    edit: (steps) => {
      held = lastSteps(steps)
      return Promise.resolve()
    },
    push: async () => void (await send(held)),
    pull: nothing,
    close: nothing,
  }
}

const idsOf = (steps: readonly Step[], kind: Step['kind']): readonly string[] => steps.flatMap((step) => (step.kind === kind ? [step.id] : []))

/** The least that carries changes to the server: one call with ids and values. */
export const openBareCall: OpenClient = ({ supabase, trip }) => {
  const client = sending(async (steps) => {
    const patches = steps.flatMap((step) => (step.kind === 'update' ? [{ id: step.id, quantity: step.quantity }] : []))
    if (patches.length === steps.length) return supabase.rpc('bench_patch', { patches }).throwOnError()
    const creates = steps.flatMap((step) => (step.kind === 'create' ? [{ id: step.id, name: step.name, quantity: step.quantity, position: step.position }] : []))
    return supabase.rpc('bench_mixed', { trip, patches, creates, deletes: idsOf(steps, 'delete') }).throwOnError()
  })
  return Promise.resolve(client)
}

/** What one would write with supabase-js alone: all rows, whole, and the ids of what is removed. */
export const openUpsert: OpenClient = ({ supabase, itemIds, trip }) => {
  const places = new Map(itemIds.map((id, index) => [id, index + 1]))
  const client = sending(async (steps) => {
    const items = steps.flatMap((step) => {
      if (step.kind === 'delete') return []
      const position = step.kind === 'create' ? step.position : places.get(step.id)
      const rest = { person_id: null, name: `Item number ${position}`, category: 'Clothes', packed: false, notes: null, position }
      return [{ id: step.id, trip_id: trip, quantity: step.quantity, ...rest }]
    })
    await supabase.from('items').upsert(items).throwOnError()
    const removed = idsOf(steps, 'delete')
    if (removed.length > 0) await supabase.from('items').delete().in('id', removed).throwOnError()
  })
  return Promise.resolve(client)
}

/** Our own protocol without the engine: the same ops, made beforehand, in one bare call. */
export const openBarePush: OpenClient = ({ supabase, trip }: Traveller) => {
  const known = new Map<string, { version: number | null; quantity: number }>()
  const client = sending(async (steps) => {
    const time = new Date().toISOString()
    const ops = steps.map((step): WireOp => {
      const { version, quantity } = known.get(step.id) ?? { version: null, quantity: 1 }
      const head = { op_id: randomUUID(), collection: 'items', kind: step.kind, id: step.id, scope: trip, base_version: version, time }
      if (step.kind === 'delete') return head
      if (step.kind === 'update') return { ...head, patch: { quantity: step.quantity }, base: { quantity } }
      return { ...head, patch: { name: step.name, quantity: step.quantity, position: step.position } }
    })
    const { data } = (await supabase.rpc('sync_push', { ops: grouped(ops), device: 'bench' }).throwOnError()) as { data: { answers: readonly { version?: number }[] } }
    for (const [place, step] of steps.entries()) {
      const version = data.answers[place]?.version ?? null
      if (step.kind !== 'delete') known.set(step.id, { version, quantity: step.quantity })
    }
  })
  return Promise.resolve(client)
}
