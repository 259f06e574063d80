import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { opOf } from '../testing/builders.ts'
import { firstRequest } from './requests.ts'
import type { Op } from './types.ts'

/** A letter for an op by itself, a digit for one of that unit: `a11b` is an op, a unit of two, an op. */
const opsOf = (text: string): readonly Op[] => text.split('').map((sign) => opOf([], { unit: /\d/.test(sign) ? sign : null }))
const sizeOfFirst = (text: string, most: number) => firstRequest(opsOf(text), most).length

test('[A7] a unit that does not fit beside the others waits for the next request; where it is first it goes whole', () => {
  expect(sizeOfFirst('abc', 2)).toBe(2)
  expect(sizeOfFirst('a111', 2)).toBe(1)
  expect(sizeOfFirst('a11b', 3)).toBe(3)
  expect(sizeOfFirst('111b', 1)).toBe(3)
  expect(sizeOfFirst('1112', 2)).toBe(3)
  expect(sizeOfFirst('111', 2)).toBe(3)
  expect(sizeOfFirst('ab', 5)).toBe(2)
})

/** Units of one to four ops, and ops by themselves; ops of a unit stand next to each other. */
const anyOps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 4 })), { minLength: 1, maxLength: 8 }).map((blocks) =>
  blocks.flatMap(([isUnit, size], index) => Array.from({ length: isUnit ? size : 1 }, (_, at) => opOf([], { opId: `${index}-${at}`, unit: isUnit ? String(index) : null }))),
)

test('[A7] [OB3] a request is the beginning of the batch, never empty, never cuts a unit, and holds as much as it may', () => {
  fc.assert(
    fc.property(anyOps, fc.integer({ min: 1, max: 12 }), (ops, most) => {
      const first = firstRequest(ops, most)
      expect(first).toEqual(ops.slice(0, first.length))
      expect(first.length).toBeGreaterThan(0)
      const next = ops[first.length]
      expect(typeof next?.unit === 'string' && next.unit === first.at(-1)?.unit).toBe(false)
      const isOneBlock = first.length === 1 || first.every(({ unit }) => unit !== null && unit === first[0]?.unit)
      expect(first.length <= most || isOneBlock).toBe(true)
      const nextBlock = next === undefined ? [] : next.unit === null ? [next] : ops.filter(({ unit }) => unit === next.unit)
      expect(next === undefined || first.length + nextBlock.length > most).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('[OB3] halved again and again, every op or unit comes to stand alone', () => {
  fc.assert(
    fc.property(anyOps, (ops) => {
      let request: readonly Op[] = ops
      for (let halvings = 0; halvings < 10; halvings += 1) request = firstRequest(request, Math.ceil(request.length / 2))
      expect(request).toEqual(firstRequest(ops, 1))
    }),
  )
})
