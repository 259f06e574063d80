import { expect, test, vi } from 'vitest'
import type { SyncEvent } from './core/events.ts'
import { logEvents, measureRequests } from './event-listeners.ts'

const pushed: SyncEvent = { type: 'pushed', ops: 2, changes: 3, bytes: 600, milliseconds: 40, conflicts: 0, refused: 0 }

test('[F3] a logger hears of every event, at the level that it deserves', () => {
  const logger = { debug: vi.fn<() => void>(), info: vi.fn<() => void>(), warn: vi.fn<() => void>() }
  const log = logEvents(logger)
  const failed: SyncEvent = { type: 'failed', error: { kind: 'server', code: '500', message: 'broken', time: 1 }, attempt: 1 }
  for (const event of [pushed, failed, { type: 'closed' } satisfies SyncEvent]) log(event)
  expect(logger.debug.mock.calls).toEqual([['sync pushed', pushed]])
  expect(logger.warn.mock.calls).toEqual([['sync failed', failed]])
  expect(logger.info.mock.calls).toEqual([['sync closed', { type: 'closed' }]])
})

test('[F3] a request is on the timeline, as long as it took', () => {
  measureRequests(pushed)
  measureRequests({ type: 'completed', time: 1 })
  const measured = performance.getEntriesByType('measure').filter(({ name }) => name.startsWith('sync'))
  performance.clearMeasures('sync push')
  expect(measured).toHaveLength(1)
  expect(measured[0]).toMatchObject({ name: 'sync push', duration: 40 })
})
