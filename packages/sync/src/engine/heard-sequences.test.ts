import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { HeardSequences } from './heard-sequences.ts'

test('[TB1] it is complete when every number after the start was heard, in whatever order', () => {
  fc.assert(
    fc.property(fc.nat(5), fc.uniqueArray(fc.integer({ min: 6, max: 15 })), fc.integer({ min: 0, max: 16 }), (start, heard, last) => {
      const sequences = new HeardSequences()
      sequences.startAt(start)
      for (const sequence of heard) sequences.hear(sequence)
      const highest = Math.max(start, ...heard)
      const hasAll = Array.from({ length: highest - start }, (_, index) => start + 1 + index).every((sequence) => heard.includes(sequence))
      expect(sequences.isComplete(last)).toBe(last <= highest && hasAll)
    }),
  )
})

test('[TB1] what was read from the storage is complete', () => {
  const sequences = new HeardSequences()
  sequences.hear(7)
  expect(sequences.isComplete(7)).toBe(false)
  sequences.startAt(7)
  expect(sequences.isComplete(7)).toBe(true)
})
