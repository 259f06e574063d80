import type { LocalSupabase } from '@stowaway/local-supabase'
import { compare, interleave, nextTick, timed, timedToEnd, type Rounds, type Variant } from './measure.ts'
import type { Comparison } from './report.ts'
import { bareStore, clicked, idleStore, itemChanged, openDevice, type BareStore } from './store.ts'
import { createTraveller } from './wire/traveller.ts'

const clickRounds: Rounds = { warmUp: 100, measured: 400 }
/** One click is too short for the clock. */
const clicksPerRound = 200

/**
 * P1 and P2: what a dispatch costs with Stowaway in the store. The device has pulled its items and is paused, so each edit is
 * captured and kept as it would be offline. Each edit has a tick of its own, as a user's edits have.
 */
export async function measureDispatch(backend: LocalSupabase, entities: number): Promise<Comparison[]> {
  const { supabase, itemIds } = await createTraveller(backend, { items: entities, delay: 0 })
  const { sync, store, clock, close } = await openDevice(supabase, entities)
  sync.pause()
  const bare = bareStore(store.getState())
  const twin = bareStore(store.getState())

  // One edit a round: what else the machine does falls on few of the rounds, and so does not move the median.
  const rounds: Rounds = entities >= 10_000 ? { warmUp: 50, measured: 200 } : { warmUp: 100, measured: 400 }
  const edits = (edit: (id: string, quantity: number) => number | Promise<number>): Variant<number> => async (round) => {
    await nextTick()
    clock.beforeEdit()
    // Far from each other in the list, and the same in each variant.
    return edit(itemIds[(round * 7_919) % entities]!, round + 1)
  }
  const edited = await interleave(
    {
      bare: edits((id, quantity) => timed(() => void bare.dispatch(itemChanged(id, quantity)))),
      ours: edits((id, quantity) => timed(() => void store.dispatch(itemChanged(id, quantity)))),
      durable: edits((id, quantity) =>
        timedToEnd(() => {
          // Another quantity than the variant before has set: what changes nothing is not recorded.
          store.dispatch(itemChanged(id, -quantity))
          return sync.flush()
        }),
      ),
    },
    rounds,
  )
  const clickedIn = await interleave({ bare: clicks(bare), twin: clicks(twin), idle: clicks(idleStore()), ours: clicks(store) }, clickRounds)
  const { pending } = store.getState().sync
  const expected = (rounds.warmUp + rounds.measured) * 2
  if (pending !== expected) throw new Error(`${pending} of ${expected} edits were recorded: the figures are of something else.`)
  await close()

  const size = `${entities.toLocaleString('en')} entities`
  const against = 'same store without Stowaway'
  const noise = compare(clickedIn.twin, clickedIn.bare).spread[1]
  return [
    { figure: 'P1', what: `updateOne, ${size}`, against, unit: 'ms', ...compare(edited.ours, edited.bare), goal: entities >= 10_000 ? 1.05 : 1.1 },
    { figure: 'P1', what: `… until durable in memory, ${size}`, against, unit: 'ms', ...compare(edited.durable, edited.bare), goal: null },
    { figure: 'P2', what: `action beside synced slices, ${size}`, against, unit: 'µs', ...compare(clickedIn.ours, clickedIn.bare), goal: noise },
    { figure: 'P2', what: `…, ${size}`, against: 'same with an idle middleware, slice', unit: 'µs', ...compare(clickedIn.ours, clickedIn.idle), goal: null },
  ]
}

/** Microseconds of one action that leaves the synced slices as they are. */
function clicks(store: Pick<BareStore, 'dispatch'>): Variant<number> {
  return async () => {
    await nextTick()
    const milliseconds = timed(() => {
      for (let count = 0; count < clicksPerRound; count += 1) store.dispatch(clicked())
    })
    return (milliseconds * 1_000) / clicksPerRound
  }
}
