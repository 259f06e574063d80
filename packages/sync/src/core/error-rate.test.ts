import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { countOutcomes, isTooHigh, noOutcomes } from './error-rate.ts'

test('[E6] more than one in ten is too much, once there are twenty', () => {
  expect(isTooHigh(countOutcomes(noOutcomes, { good: 0, bad: 19 }))).toBe(false)
  expect(isTooHigh(countOutcomes(noOutcomes, { good: 0, bad: 20 }))).toBe(true)
  expect(isTooHigh(countOutcomes(noOutcomes, { good: 18, bad: 2 }))).toBe(false)
  expect(isTooHigh(countOutcomes(noOutcomes, { good: 17, bad: 3 }))).toBe(true)
})

test('[E6] only the last fifty count', () => {
  const bad = countOutcomes(noOutcomes, { good: 0, bad: 1_000 })
  expect(isTooHigh(countOutcomes(bad, { good: 44, bad: 0 }))).toBe(true)
  expect(isTooHigh(countOutcomes(bad, { good: 45, bad: 0 }))).toBe(false)
})

test('[E6] told one by one it comes to the same as told at once', () => {
  fc.assert(
    fc.property(fc.nat(120), fc.nat(120), (good, bad) => {
      let rate = noOutcomes
      for (let count = 0; count < good; count += 1) rate = countOutcomes(rate, { good: 1, bad: 0 })
      for (let count = 0; count < bad; count += 1) rate = countOutcomes(rate, { good: 0, bad: 1 })
      expect(rate).toEqual(countOutcomes(noOutcomes, { good, bad }))
      expect(rate.length).toBeLessThanOrEqual(50)
    }),
  )
})
