import { expect, test } from 'vitest'
import { begun, dueOf, poked, pullAtOnce, pullWithin } from './next-pull.ts'

const now = 10_000
const pollEvery = 300_000
const idle = begun(pullAtOnce, 'all', { now, pollEvery })
const lakes = new Map([['lakes', 4]])

test('at first everything is due; then a poll later', () => {
  expect(dueOf(pullAtOnce, now)).toEqual({ dueAt: 0, wanted: 'all' })
  expect(dueOf(idle, now)).toEqual({ dueAt: now + pollEvery, wanted: 'all' })
})

test('[PL2] what is poked is due at once, each scope up to the highest number told, and puts the pull of everything not off', () => {
  const both = poked(poked(poked(idle, lakes), new Map([['lakes', 3]])), new Map([['alps', 9]]))
  expect(dueOf(both, now + 5)).toEqual({ dueAt: now + 5, wanted: new Map([['lakes', 4], ['alps', 9]]) })
  expect(dueOf(begun(both, lakes, { now: now + 5, pollEvery }), now + 5)).toEqual({ dueAt: now + pollEvery, wanted: 'all' })
})

test('where everything is due, what is poked comes with it', () => {
  expect(dueOf(poked(idle, lakes), now + pollEvery)).toEqual({ dueAt: now + pollEvery, wanted: 'all' })
  expect(begun(poked(idle, lakes), 'all', { now, pollEvery })).toEqual(idle)
})

test('everything is pulled sooner where that is asked for, and never later', () => {
  const soon = pullWithin(idle, { now, within: 1_000 })
  expect(dueOf(soon, now).dueAt).toBe(now + 1_000)
  expect(pullWithin(soon, { now, within: 2_000 })).toBe(soon)
})

test('a clock set back ends the wait', () => {
  expect(dueOf(idle, now - 1)).toEqual({ dueAt: now - 1, wanted: 'all' })
})
