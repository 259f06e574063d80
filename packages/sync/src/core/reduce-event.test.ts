import { expect, test } from 'vitest'
import type { LastError, SyncEvent } from './events.ts'
import { noMetrics } from './metrics.ts'
import { reduceEvent } from './reduce-event.ts'
import { initialSyncState, type SyncState } from './status.ts'
import type { Conflict, Rejected } from './types.ts'

const error: LastError = { kind: 'storage', code: 'storage', message: 'full', time: 1 }
const after = (...events: SyncEvent[]): SyncState => events.reduce(reduceEvent, initialSyncState)
const opened: SyncEvent = { type: 'opened', user: 'ann', pending: 2, storage: null }
const conflicts = [{ conflictId: 'c' }] as unknown as Conflict[]
const rejected = [{ rejectedId: 'r' }] as unknown as Rejected[]

test.each([
  ['opened', opened, { user: 'ann', pending: 2, phase: 'idle' }],
  ['phaseChanged', { type: 'phaseChanged', phase: 'paused', paused: ['offline'] }, { phase: 'paused', paused: ['offline'] }],
  ['changeRecorded', { type: 'changeRecorded', pending: 3 }, { pending: 3 }],
  ['outboxChanged', { type: 'outboxChanged', pending: 1, conflicts, rejected }, { pending: 1, conflicts, rejected }],
  ['changeRefused', { type: 'changeRefused', entity: { collection: 'items', id: 'tent' }, issues: [], error }, { lastError: error, durable: true }],
  ['failed', { type: 'failed', error, attempt: 1 }, { lastError: error }],
  ['storageFailed', { type: 'storageFailed', error }, { lastError: error, durable: false, storage: 'failed' }],
  ['storageFailed for want of room', { type: 'storageFailed', error, problem: 'full' }, { lastError: error, durable: false, storage: 'full' }],
  ['opened in memory', { type: 'opened', user: 'ann', pending: 1, storage: 'newer' }, { user: 'ann', pending: 1, phase: 'idle', durable: false, storage: 'newer' }],
  ['scopesEvicted', { type: 'scopesEvicted', evicted: ['lakes'] }, { evicted: ['lakes'] }],
  ['reachChanged', { type: 'reachChanged', reach: 'poor' }, { reach: 'poor' }],
  ['keepingTold', { type: 'keepingTold', kept: true }, { kept: true }],
] satisfies [string, SyncEvent, Partial<SyncState>][])('[RX4] %s is told in the state', (_, event, told) => {
  expect({ ...after(event), metrics: noMetrics }).toEqual({ ...initialSyncState, ...told })
})

test('[RX4] a success clears the last error', () => {
  expect(after({ type: 'failed', error, attempt: 1 }, { type: 'completed', time: 5 })).toMatchObject({ lastError: null, lastSuccess: 5 })
})

test('[RX4] a change is safe again when one has been stored, not when the next is made', () => {
  const failed: SyncEvent = { type: 'storageFailed', error }
  expect(after(failed, { type: 'changeRecorded', pending: 2 })).toMatchObject({ durable: false, pending: 2 })
  expect(after(failed, { type: 'changeStored', pending: 2 })).toMatchObject({ durable: true, pending: 2 })
})

test('[TB3] a program that is outdated is so for the next user too', () => {
  expect(after({ type: 'outdated' }, { type: 'closed' }, opened)).toMatchObject({ user: 'ann', outdated: true })
})

test('[ID2] nothing of one user is left in the state for the next', () => {
  const busy: SyncEvent[] = [
    opened,
    { type: 'outboxChanged', pending: 1, conflicts, rejected },
    { type: 'phaseChanged', phase: 'paused', paused: ['signed-out'] },
    { type: 'storageFailed', error },
  ]
  expect(after(...busy, { type: 'closed' })).toEqual({ ...initialSyncState, phase: 'idle' })
  expect(after(...busy, { type: 'closed' }, { ...opened, user: 'ben', pending: 0 })).toEqual({ ...initialSyncState, user: 'ben', phase: 'idle' })
})
