import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { endOf, noWait } from './wait.ts'

const time = fc.nat(1_000_000)
const anyWait = fc.tuple(time, time).map(([from, length]) => ({ from, until: from + length }))

test('[C7] it ends when it is to end, or at once on a clock that has been set back', () => {
  fc.assert(
    fc.property(anyWait, time, (wait, now) => {
      expect(endOf(wait, now)).toBe(now >= wait.from ? wait.until : now)
    }),
  )
})

test('[C7] wherever a clock is set to, nobody waits longer than was meant', () => {
  fc.assert(
    fc.property(anyWait, time, (wait, now) => {
      expect(endOf(wait, now) - now).toBeLessThanOrEqual(wait.until - wait.from)
    }),
  )
})

test('no wait is over at any time', () => {
  fc.assert(
    fc.property(time, (now) => {
      expect(endOf(noWait, now)).toBeLessThanOrEqual(now)
    }),
  )
})
