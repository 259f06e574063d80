import type { Fields } from '../../../packages/sync/dist/core/json.js'
import { plan } from '../../../packages/sync/dist/core/plan.js'
import type { RecordedChange } from '../../../packages/sync/dist/core/types.js'
import { Outbox } from '../../../packages/sync/dist/engine/outbox.js'
import { toCollections } from '../../../packages/sync/dist/options.js'
import { compare, interleave, nextTick, timed, type Variant } from './measure.ts'
import type { Comparison } from './report.ts'
import { someIds, trip, user } from './rows.ts'
import { collections } from './store.ts'

const changes = 10_000
const rows = 500
const batch = { ops: 1_000, bytes: 1_000_000 }

/** P3: what it costs to turn a long time offline into a batch. Every tenth row was made on the device; each was edited 20 times. */
export async function measurePlan(): Promise<Comparison[]> {
  const pending = pendingChanges()
  const outbox = new Outbox()
  for (const change of pending) outbox.add(change)
  const settings = { collections: toCollections(collections), limit: batch, newId: () => crypto.randomUUID() }
  const planned = plan(outbox.byEntity(), settings).ops
  const carried = planned.reduce((sum, { sequences }) => sum + sequences.length, 0)
  if (planned.length !== rows || carried !== changes) throw new Error(`${planned.length} ops carry ${carried} changes: the figures are of something else.`)
  const costs = await interleave(
    {
      ours: inTick(() => plan(outbox.byEntity(), settings)),
      clone: inTick(() => structuredClone(pending)),
    },
    { warmUp: 10, measured: 40 },
  )
  return [{ figure: 'P3', what: 'plan 10,000 changes of 500 rows', against: 'structuredClone of the changes', unit: 'ms', ...compare(costs.ours, costs.clone), goal: 1 }]
}

const inTick =
  (work: () => unknown): Variant<number> =>
  async () => {
    await nextTick()
    return timed(() => void work())
  }

/** As they come from the storage: no two share an object. */
function pendingChanges(): readonly RecordedChange[] {
  const ids = someIds(rows)
  const made = Array.from({ length: changes }, (_, index): RecordedChange => {
    const edit = Math.floor(index / rows)
    const id = ids[index % rows]!
    const isCreate = edit === 0 && index % 10 === 0
    return {
      collection: 'items',
      id,
      changeId: crypto.randomUUID(),
      user,
      app: '',
      device: user,
      kind: isCreate ? 'create' : 'update',
      scope: trip,
      ...(isCreate ? { patch: { tripId: trip, name: 'Socks', quantity: 0, packed: false, notes: null }, baseValues: {} } : edited(edit)),
      baseVersion: index % 10 === 0 ? null : 7,
      time: 1_790_000_000_000 + index,
      group: { groupId: crypto.randomUUID(), atomic: false, cause: 'edit' },
      sequence: index + 1,
    }
  })
  return structuredClone(made)
}

/** A quantity is counted up, an item is packed and unpacked, its notes grow. */
function edited(edit: number): { readonly patch: Fields; readonly baseValues: Fields } {
  if (edit % 3 === 0) return { patch: { packed: edit % 2 === 0 }, baseValues: { packed: edit % 2 !== 0 } }
  if (edit % 3 === 1) return { patch: { quantity: edit }, baseValues: { quantity: edit - 3 } }
  return { patch: { notes: `Buy ${edit} pairs`, quantity: edit }, baseValues: { notes: null, quantity: edit - 1 } }
}
