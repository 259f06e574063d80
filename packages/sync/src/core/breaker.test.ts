import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { afterFailure, afterNews, afterProbe, afterSuccess, breakerState, closed, healthOf, openAfter, restored, type Breaker } from './breaker.ts'
import { endOf } from './wait.ts'

const failed = (times: number, wait = 100): Breaker => {
  let breaker = closed
  for (let time = 0; time < times; time += 1) breaker = afterFailure(breaker, { now: 1_000, wait })
  return breaker
}

test('[C7] it opens after five failures in a row, and lets a probe through when the wait is over', () => {
  expect(breakerState(failed(4), 1_000)).toBe('closed')
  expect(breakerState(failed(5), 1_099)).toBe('open')
  expect(breakerState(failed(5), 1_100)).toBe('half-open')
  expect(breakerState(failed(50), 1_100)).toBe('half-open')
})

test('[C7] news of the network lets a probe through at once; the failures still count', () => {
  const breaker = afterNews(failed(7))
  expect(breakerState(breaker, 1_020)).toBe('half-open')
  expect(breaker.failures).toBe(7)
  expect(breakerState(afterFailure(breaker, { now: 1_020, wait: 100 }), 1_020)).toBe('open')
  expect(afterNews(closed)).toEqual(closed)
})

test('[C7] after a probe requests flow, and the first that fails opens it again', () => {
  const probed = afterProbe(failed(9))
  expect(breakerState(probed, 0)).toBe('closed')
  expect(breakerState(afterFailure(probed, { now: 1_000, wait: 100 }), 1_000)).toBe('open')
  expect(afterProbe(failed(2)).failures).toBe(2)
})

test.each([undefined, null, 'open', 7, {}, { failures: 5 }, { failures: -1, wait: null }, { failures: 1.5, wait: null }, { failures: 5, wait: 'soon' }, { failures: 5, wait: { from: 0 } }, { failures: 5, wait: { from: 0, until: NaN } }])(
  '[C7] what is stored as %j is no breaker, and counts as closed',
  (stored) => {
    expect(restored(stored)).toEqual(closed)
  },
)

const longest = 8_000
const anyTime = fc.integer({ min: 0, max: 100_000 })
const anyEvent = fc.oneof(
  fc.record({ does: fc.constant('fail' as const), now: anyTime, wait: fc.nat(longest) }),
  fc.record({ does: fc.constantFrom('succeed' as const, 'probe' as const, 'news' as const), now: anyTime }),
)
const after = (breaker: Breaker, event: (typeof anyEvent extends fc.Arbitrary<infer Event> ? Event : never)): Breaker => {
  if (event.does === 'fail') return afterFailure(breaker, event)
  if (event.does === 'news') return afterNews(breaker)
  return event.does === 'probe' ? afterProbe(breaker) : afterSuccess()
}
const anyBreaker = fc.array(anyEvent, { maxLength: 20 }).map((events) => events.reduce(after, closed))

test('[C7] whatever happened and wherever the clock stands now, a restored breaker waits no longer than the longest wait', () => {
  fc.assert(
    fc.property(anyBreaker, anyTime, (breaker, now) => {
      const again = restored(structuredClone(breaker))
      expect(again.failures).toBe(breaker.failures)
      expect((again.wait === null ? now : endOf(again.wait, now)) - now).toBeLessThanOrEqual(longest)
    }),
  )
})

test('[C7] health only gets worse by a failure, and is well after any success', () => {
  const rank = { healthy: 0, degraded: 1, failed: 2 }
  fc.assert(
    fc.property(anyBreaker, (breaker) => {
      const worse = afterFailure(breaker, { now: 0, wait: 1 })
      expect(rank[healthOf(worse)]).toBeGreaterThanOrEqual(rank[healthOf(breaker)])
      expect(healthOf(worse)).not.toBe('healthy')
      expect(healthOf(breaker) === 'failed').toBe(breaker.failures >= openAfter)
      expect(healthOf(afterSuccess())).toBe('healthy')
      expect(breakerState(afterSuccess(), 0)).toBe('closed')
    }),
  )
})
