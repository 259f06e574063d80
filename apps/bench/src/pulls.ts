import { memoryStorage } from '@stowaway/sync'
import { openLocalDevice, type LocalDeviceOptions } from './local-device.ts'
import { compare, interleave, nextTick, timed, timedToEnd, type Rounds, type Variant } from './measure.ts'
import type { Comparison } from './report.ts'
import { pagesOf, pulledRows, someIds } from './rows.ts'

const rows = 10_000
const pending = 1_000
const rounds: Rounds = { warmUp: 3, measured: 11 }

/**
 * P4: a pull of 10,000 rows, of which the device had 1,000, with an edit waiting on each; from the pages as the transport gives
 * them until the view is in the store. With it, what a start costs that finds those rows on the device.
 */
export async function measurePulls(): Promise<Comparison[]> {
  const ids = someIds(rows)
  const costs = await interleave(
    {
      merged: merge(ids, 'store'),
      unseen: merge(ids, 'none'),
      started: await start(ids),
      clone: async () => {
        const pulled = pulledRows(ids, 2)
        await nextTick()
        return timed(() => structuredClone(pulled))
      },
    },
    rounds,
  )
  const against = 'structuredClone of the rows'
  return [
    { figure: 'P4', what: 'merge 10,000 pulled rows, 1,000 changes waiting', against, unit: 'ms', ...compare(costs.merged, costs.clone), goal: 2 },
    { figure: 'P4', what: '… without the store', against, unit: 'ms', ...compare(costs.unseen, costs.clone), goal: null },
    { figure: 'C1', what: 'start with 10,000 rows in memory, sealed', against, unit: 'ms', ...compare(costs.started, costs.clone), goal: null },
  ]
}

function merge(ids: readonly string[], screen: LocalDeviceOptions['screen'] & string): Variant<number> {
  return async () => {
    const device = await openLocalDevice({ screen })
    const known = ids.slice(0, pending)
    await device.pull(pagesOf(pulledRows(known, 1), 1))
    for (const { id, fields } of pulledRows(known, 1)) {
      const item = { id, tripId: '', quantity: 1, ...fields }
      device.edit(item, { ...item, quantity: 9 })
    }
    await device.flush()
    const pages = pagesOf(pulledRows(ids, 2), 2)
    await nextTick()
    const milliseconds = await timedToEnd(() => device.pull(pages))
    const { items, sync } = device.store.getState()
    const merged = Object.values(items.entities).filter(({ quantity }, index) => quantity === (index < pending ? 9 : 2)).length
    if (screen === 'store' && (merged !== rows || sync.pending !== pending)) throw new Error(`${merged} rows were merged: the figures are of something else.`)
    await device.close()
    return milliseconds
  }
}

async function start(ids: readonly string[]): Promise<Variant<number>> {
  const storage = memoryStorage()
  const first = await openLocalDevice({ storage })
  await first.pull(pagesOf(pulledRows(ids, 1), 1))
  await first.close()
  return async () => {
    await nextTick()
    const begun = performance.now()
    const device = await openLocalDevice({ storage })
    const milliseconds = performance.now() - begun
    const shown = device.store.getState().items.ids.length
    if (shown !== rows) throw new Error(`${shown} rows were shown: the figures are of something else.`)
    await device.close()
    return milliseconds
  }
}
