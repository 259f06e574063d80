import type { Middleware, UnknownAction } from '@reduxjs/toolkit'
import type { EntityEdit } from '../engine/change-tracker.ts'
import { isOwnAction } from './actions.ts'
import { editsOf, type SliceAccess } from './slices.ts'

export interface MiddlewareParts {
  readonly slices: ReadonlyMap<string, SliceAccess>
  readonly record: (edits: EntityEdit[]) => void
  /** A failure inside the engine never breaks `dispatch` [RX3]; it is told here. */
  readonly onError: (error: unknown) => void
}

/**
 * Compares each synced slice before and after an action. A slice that stayed the same object costs one comparison [RX5].
 * Time travel in DevTools does not pass through middleware, so it is never captured [RX2].
 *
 * An action may be dispatched while another is under way, by a middleware behind this one or by a subscriber. Each state is
 * compared with the one before it, once: else the outer action would capture the inner one's work again, and rows of the
 * server with it [RX1].
 */
export function createMiddleware({ slices, record, onError }: MiddlewareParts): Middleware {
  const accesses = [...slices]
  return (store) => {
    const read = () => store.getState() as State
    /** Of the actions that are under way, the outermost first: whether it is one of this package. */
    const underWay: boolean[] = []
    let seen: State = {}

    const capture = () => {
      const before = seen
      seen = read()
      if (before === seen) return
      try {
        // No list is made of slices that stayed the same: most actions touch none [RX5].
        const changed = accesses.filter(([name]) => before[name] !== seen[name])
        if (changed.length === 0) return
        const edits = changed.flatMap(([name, access]) => editsOf(access, before[name], seen[name]))
        if (edits.length > 0) record(edits)
      } catch (error) {
        onError(error)
      }
    }

    return (next) => (action) => {
      // Behind one of this package, as from a subscriber to which it has shown rows, there is nothing of the user's to capture.
      if (underWay.at(-1) ?? true) seen = read()
      else capture()
      underWay.push(isOwnAction(action as UnknownAction))
      try {
        return next(action)
      } finally {
        if (underWay.pop()) seen = read()
        else capture()
      }
    }
  }
}

type State = Readonly<Record<string, unknown>>
