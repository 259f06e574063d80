import { InvalidChange, SyncError } from '../core/errors.ts'
import type { SyncEvent } from '../core/events.ts'
import { problemOf } from '../core/storage-error.ts'
import type { EntityRef } from '../core/types.ts'

/** An edit cannot be recorded. `time`: now. */
export function editRefusal({ collection, id }: EntityRef, error: unknown, time: number): SyncEvent {
  const code = error instanceof SyncError ? error.code : 'unexpected'
  const issues = error instanceof InvalidChange ? error.issues : []
  return { type: 'changeRefused', entity: { collection, id }, issues, error: { kind: 'validation', code, message: String(error), time } }
}

/** Changes cannot be made durable. `time`: now. */
export function storageFailure(cause: unknown, time: number): SyncEvent {
  const message = `The device's storage refused to keep a change: ${String(cause)}`
  return { type: 'storageFailed', error: { kind: 'storage', code: 'storage', message, time }, problem: problemOf(cause) }
}
