import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortened } from './simulation-shortened.ts'

const needs = (places: readonly number[]) => (left: readonly number[]) => Promise.resolve(places.every((place) => left.includes(place)))
const reaches = (sum: number) => (left: readonly number[]) => Promise.resolve(left.reduce((total, step) => total + step, 0) >= sum)

test('a failure is shortened to the steps that it takes', async () => {
  const steps = Array.from({ length: 80 }, (_, place) => place)
  expect(await shortened(steps, needs([7, 40, 79]))).toEqual([7, 40, 79])
})

test('what is left fails, and without any one of its steps it does not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(9), { maxLength: 30 }), fc.nat(40), async (all, share) => {
      const fails = reaches(Math.min(share, all.reduce((sum, step) => sum + step, 0)))
      const left = await shortened(all, fails)
      expect(await fails(left)).toBe(true)
      const shorter = left.map((_, place) => left.filter((__, other) => other !== place))
      expect(await Promise.all(shorter.map(fails))).not.toContain(true)
    }),
  )
})
