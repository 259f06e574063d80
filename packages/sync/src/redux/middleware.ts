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
 */
export function createMiddleware({ slices, record, onError }: MiddlewareParts): Middleware {
  const accesses = [...slices]
  return (store) =>
    (next) =>
    (action) => {
      if (isOwnAction(action as UnknownAction)) return next(action)
      const before = store.getState() as Readonly<Record<string, unknown>>
      const result = next(action)
      const after = store.getState() as Readonly<Record<string, unknown>>
      if (before === after) return result
      try {
        const edits = accesses.flatMap(([name, access]) => (before[name] === after[name] ? [] : editsOf(access, before[name], after[name])))
        if (edits.length > 0) record(edits)
      } catch (error) {
        onError(error)
      }
      return result
    }
}
