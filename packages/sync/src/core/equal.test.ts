import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { equal } from './equal.ts'

const copyOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('a value is equal to its copy, and to nothing whose JSON with sorted keys differs', () => {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return { list: value.map(sorted) }
    if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? 0 : value
    return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)] as const)
  }
  const anyJson = fc.jsonValue({ maxDepth: 3 })
  fc.assert(
    fc.property(anyJson, anyJson, (a, b) => {
      expect(equal(a, copyOf(a))).toBe(true)
      expect(equal(a, b)).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)))
    }),
  )
})

test.each([
  [{ a: 1, b: [2, { c: null }] }, { b: [2, { c: null }], a: 1 }],
  [{ constructor: { a: 1 } }, { constructor: { a: 1 } }],
  [{ valueOf: 1, toString: 'a' }, { toString: 'a', valueOf: 1 }],
  [JSON.parse('{"__proto__": {"a": 1}}'), JSON.parse('{"__proto__": {"a": 1}}')],
  [-0, 0],
] as [unknown, unknown][])('%j is equal to %j', (a, b) => {
  expect([equal(a, b), equal(b, a)]).toEqual([true, true])
})

test.each([
  [[], {}],
  [[1], [1, 2]],
  [{ a: 1 }, { a: 1, b: null }],
  [{ a: null }, { b: null }],
  [{ valueOf: 1 }, { valueOf: 2 }],
  [{ toString: null }, {}],
  [null, {}],
  ['1', 1],
] as [unknown, unknown][])('%j differs from %j', (a, b) => {
  expect([equal(a, b), equal(b, a)]).toEqual([false, false])
})
