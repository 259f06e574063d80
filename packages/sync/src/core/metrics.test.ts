import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SyncEvent } from './events.ts'
import type { FailureKind } from './failure.ts'
import { countEvent, noMetrics, ratesOf } from './metrics.ts'
import type { Resolution } from './types.ts'

const pushed = (given: Partial<Extract<SyncEvent, { type: 'pushed' }>> = {}): SyncEvent => ({ type: 'pushed', ops: 2, changes: 6, bytes: 900, milliseconds: 100, conflicts: 1, refused: 0, ...given })
const pulled = (milliseconds = 50): SyncEvent => ({ type: 'pulled', rows: 3, deleted: 1, milliseconds, more: false })
const failed = (kind: FailureKind, time = 1): SyncEvent => ({ type: 'failed', attempt: 1, error: { kind, code: 'c', message: 'private', time } })
const by = (decidedBy: Resolution['decidedBy']): Resolution => {
  return { collection: 'items', id: 'tent', resolutionId: 'r', scope: 's', kind: 'edit-edit', decidedBy, user: 'ann', time: 1, fields: [], outcome: { is: 'kept' } }
}
const count = (...events: SyncEvent[]) => events.reduce(countEvent, noMetrics)

test('[F3] requests, what they carried and what came of it are summed', () => {
  expect(count(pushed(), pulled(), pushed({ ops: 1, changes: 1, bytes: 100, conflicts: 0, refused: 1 }))).toMatchObject({
    pushes: 2,
    pulls: 1,
    ops: 3,
    changes: 7,
    bytes: 1_000,
    rows: 4,
    conflicts: 1,
    refused: 1,
  })
})

test('[F3] decisions are counted by who made them', () => {
  expect(count({ type: 'resolved', resolutions: [by('policy'), by('policy'), by('person')] }).decided).toEqual({ policy: 2, person: 1, adviser: 0, undo: 0 })
})

test('[F3] failures are counted by kind, and the last ten are kept without their texts', () => {
  const many = Array.from({ length: 12 }, (_, time) => failed(time % 2 === 0 ? 'network' : 'server', time))
  const { failures, recentFailures } = count(...many, { type: 'storageFailed', error: { kind: 'storage', code: 'storage', message: 'full', time: 12 } })
  expect(failures).toEqual({ network: 6, server: 6, storage: 1 })
  expect(recentFailures.map(({ time }) => time)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  expect(recentFailures.at(-1)).toEqual({ time: 12, kind: 'storage', code: 'storage' })
})

test('[F3] the rates: a storage that fails is no request that failed', () => {
  const metrics = count(pushed(), pushed(), pulled(), failed('network'), { type: 'storageFailed', error: { kind: 'storage', code: 'storage', message: '', time: 1 } })
  expect(ratesOf(metrics)).toEqual({ success: 0.75, attempts: 4 / 3, batch: 6, conflict: 0.5 })
  expect(ratesOf(noMetrics)).toEqual({ success: null, attempts: null, batch: null, conflict: null })
  expect(ratesOf(count(failed('server')))).toMatchObject({ success: 0, attempts: null })
})

test('[F3] the mean latency lies between the least and the most, and follows the latest', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(10_000), { minLength: 1 }), (all) => {
      const latency = count(...all.map((milliseconds) => pulled(milliseconds))).latency!
      expect(latency.last).toBe(all.at(-1))
      expect(latency.mean).toBeGreaterThanOrEqual(Math.min(...all) - 1e-6)
      expect(latency.mean).toBeLessThanOrEqual(Math.max(...all) + 1e-6)
      const settled = count(...all.map((milliseconds) => pulled(milliseconds)), ...Array.from({ length: 60 }, () => pulled(7))).latency!
      expect(settled.mean).toBeCloseTo(7, 1)
    }),
  )
})

test('[F3] an event that counts for nothing leaves the same object, so that the slice keeps its identity', () => {
  const metrics = count(pushed())
  const quiet: SyncEvent[] = [{ type: 'closed' }, { type: 'completed', time: 1 }, { type: 'changeRecorded', pending: 1 }, { type: 'resolved', resolutions: [] }, { type: 'runaway', perSecond: 900, time: 1 }]
  for (const event of quiet) expect(countEvent(metrics, event)).toBe(metrics)
})

test('[RX4] the sums survive JSON', () => {
  const metrics = count(pushed(), failed('auth'), pulled())
  expect(JSON.parse(JSON.stringify(metrics))).toEqual(metrics)
})
