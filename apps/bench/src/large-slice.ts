import { openLocalDevice } from './local-device.ts'
import { compare, interleave, nextTick, timed, type Variant } from './measure.ts'
import type { Comparison } from './report.ts'
import { pagesOf, pulledRows, someIds } from './rows.ts'
import { bareStore, itemChanged } from './store.ts'

const entities = 100_000

/** P5: what finding the changed entity costs where there are very many. */
export async function measureLargeSlice(): Promise<Comparison[]> {
  const ids = someIds(entities)
  const device = await openLocalDevice()
  await device.pull(pagesOf(pulledRows(ids, 1), 1, 10_000))
  const bare = bareStore(device.store.getState())
  const edits =
    ({ dispatch }: Pick<typeof bare, 'dispatch'>): Variant<number> =>
    async (round) => {
      await nextTick()
      return timed(() => void dispatch(itemChanged(ids[(round * 7_919) % entities]!, round + 1)))
    }
  const rounds = { warmUp: 3, measured: 12 }
  const costs = await interleave({ bare: edits(bare), ours: edits(device.store) }, rounds)
  await device.flush()
  const { pending } = device.store.getState().sync
  if (pending !== rounds.warmUp + rounds.measured) throw new Error(`${pending} edits were recorded: the figures are of something else.`)
  await device.close()
  return [{ figure: 'P5', what: 'updateOne, 100,000 entities', against: 'same store without Stowaway', unit: 'ms', ...compare(costs.ours, costs.bare), goal: 1.1 }]
}
