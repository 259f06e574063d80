import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { callsPerSecond, countCall, noCalls, type RateLimit } from './rate-limit.ts'

const start = 1_000_000
/** So many calls, each so many milliseconds after the one before. */
function calls(count: number, apart: number): RateLimit {
  let limit = noCalls
  for (let call = 0; call < count; call += 1) limit = countCall(limit, start + call * apart)
  return limit
}

test('[A5] 500 calls at once are let through, and the next is one too many', () => {
  expect(calls(500, 0).isOver).toBe(false)
  expect(calls(501, 0).isOver).toBe(true)
})

test('[A5] it is over after some quiet, not at the first call that would be let through', () => {
  const over = calls(600, 0)
  expect(countCall(over, start + 2_000).isOver).toBe(true)
  expect(countCall(over, start + 2_500).isOver).toBe(false)
})

test('[A5] 100 calls a second go on for ever; 150 do not, and their rate is told', () => {
  expect(calls(20_000, 10).isOver).toBe(false)
  const limit = calls(20_000, 1_000 / 150)
  expect(limit.isOver).toBe(true)
  expect(Math.abs(callsPerSecond(calls(1_510, 1_000 / 150)) - 150)).toBeLessThanOrEqual(1)
  expect(callsPerSecond(calls(501, 0))).toBe(500)
})

test('[A5] whatever the clock does, there are never less than no tokens or more than a burst of them', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(100_000)), (times) => {
      let limit = noCalls
      for (const time of times) {
        limit = countCall(limit, time)
        expect(limit.tokens).toBeGreaterThanOrEqual(0)
        expect(limit.tokens).toBeLessThanOrEqual(500)
        expect(limit.fullAt).toBeLessThanOrEqual(time)
        expect(Number.isFinite(callsPerSecond(limit))).toBe(true)
      }
      expect(times.length <= 500 && limit.isOver).toBe(false)
    }),
  )
})
