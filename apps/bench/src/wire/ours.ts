import { itemAdded, itemChanged, itemRemoved, openDevice } from '../store.ts'
import type { OpenClient } from './client.ts'
import type { Step } from './steps.ts'

/** Stowaway through its public face, in memory. */
export const openOurs: OpenClient = async ({ supabase, trip }, items) => {
  const { sync, store, clock, until, close } = await openDevice(supabase, items)
  return {
    goOffline: () => sync.pause(),
    edit: async (steps) => {
      for (const step of steps) {
        clock.beforeEdit()
        store.dispatch(actionOf(step, trip))
      }
      await sync.flush()
    },
    push: () => {
      sync.resume()
      return until((state) => state.sync.pending === 0)
    },
    pull: (count, quantity) => {
      sync.resume()
      return until((state) => state.sync.phase === 'idle' && Object.values(state.items.entities).filter((item) => item.quantity === quantity).length === count)
    },
    close,
  }
}

function actionOf(step: Step, tripId: string) {
  switch (step.kind) {
    case 'create':
      return itemAdded({ id: step.id, tripId, quantity: step.quantity, name: step.name, position: step.position })
    case 'update':
      return itemChanged(step.id, step.quantity)
    case 'delete':
      return itemRemoved(step.id)
  }
}
