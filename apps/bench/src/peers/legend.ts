import { randomUUID } from 'node:crypto'
import { observable, syncState, when } from '@legendapp/state'
import { syncedSupabase } from '@legendapp/state/sync-plugins/supabase'
import type { OpenClient } from '../wire/client.ts'
import { emptyItem, type PeerItem } from './item.ts'

/** Legend-State with its Supabase plugin, syncing diffs, in memory. Offline is what `waitForSet` waits for. */
export const openLegend: OpenClient = async ({ supabase, trip, table }, items) => {
  const online$ = observable(true)
  const items$ = observable<Record<string, PeerItem>>(
    syncedSupabase({
      supabase,
      collection: table,
      filter: (select: { eq: (column: string, value: string) => unknown }) => select.eq('trip_id', trip),
      generateId: () => randomUUID(),
      changesSince: 'last-sync',
      fieldCreatedAt: 'created_at',
      fieldUpdatedAt: '_modified',
      fieldDeleted: '_deleted',
      waitForSet: online$,
      retry: { infinite: true },
    } as never) as never,
  )
  const state$ = syncState(items$)
  items$.get()
  await when(state$.isLoaded)
  const held = Object.keys(items$.peek()).length
  if (held !== items) throw new Error(`It holds ${held} of ${items} rows.`)
  return {
    goOffline: () => online$.set(false),
    edit: async (steps) => {
      for (const step of steps) {
        if (step.kind === 'create') items$[step.id]!.set({ ...emptyItem, id: step.id, trip_id: trip, name: step.name, quantity: step.quantity, position: step.position })
        else if (step.kind === 'update') items$[step.id]!.quantity.set(step.quantity)
        else items$[step.id]!.delete()
      }
      // It gathers changes of a tick, and looks only then at whether it may send.
      await new Promise((resolve) => void setTimeout(resolve, 50))
    },
    push: async () => {
      online$.set(true)
      await when(() => state$.numPendingSets.get() === 0 && !state$.isSetting.get())
    },
    pull: async (count, quantity) => {
      online$.set(true)
      await state$.sync()
      const there = Object.values(items$.peek()).filter((item) => item.quantity === quantity).length
      if (there !== count) throw new Error(`It pulled ${there} of ${count} rows.`)
    },
    close: () => Promise.resolve(),
  }
}
