import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from './json.ts'
import { counter, max, min, set } from './policies-combine.ts'
import type { MergePolicy } from './policies.ts'

interface Sides {
  readonly base: Json
  readonly local: Json
  readonly remote: Json
}

/** What the field is afterwards; the local edit is the later one. */
function decided(policy: MergePolicy, { base, local, remote }: Sides): Json {
  const decision = policy({ base, local, remote, localTime: 2, remoteTime: 1 })
  if (decision.take === 'value') return decision.value
  return decision.take === 'local' ? local : remote
}

const asSet = (value: Json) => new Set((value as readonly Json[]).map((item) => JSON.stringify(item)))
const swapped = ({ base, local, remote }: Sides): Sides => ({ base, local: remote, remote: local })
const sidesOf = (value: fc.Arbitrary<Json>) => fc.record({ base: value, local: value, remote: value })

describe('[CO2] counter', () => {
  test('adds both differences', () => {
    expect(decided(counter(), { base: 1, local: 2, remote: 2 })).toBe(3)
    expect(decided(counter(), { base: 10, local: 7, remote: 15 })).toBe(12)
  })

  test('the order in which two edits arrive makes no difference, and none is lost', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), (base, mine, theirs) => {
        const sides = { base, local: base + mine, remote: base + theirs }
        expect(decided(counter(), sides)).toBe(base + mine + theirs)
        expect(decided(counter(), swapped(sides))).toBe(base + mine + theirs)
      }),
    )
  })

  test.each([
    ['an unset base', { base: null, local: 5, remote: 6 }, 5],
    ['a text', { base: 1, local: 'two', remote: 3 }, 'two'],
    ['a sum beyond all numbers', { base: -1e308, local: 1e308, remote: 1e308 }, 1e308],
  ])('%s: the last write wins', (_, sides, value) => {
    expect(decided(counter(), sides)).toBe(value)
  })
})

describe('[CO2] set', () => {
  test('what one side added is in, what one side removed is out', () => {
    expect(decided(set(), { base: ['a', 'b', 'c'], local: ['a', 'c', 'd'], remote: ['b', 'c', 'e'] })).toEqual(['c', 'e', 'd'])
  })

  test('by value, objects too, and each once', () => {
    const [tent, stove] = [{ name: 'Tent' }, { name: 'Stove' }]
    expect(decided(set(), { base: [tent], local: [tent, stove], remote: [stove, { name: 'Stove' }] })).toEqual([stove])
  })

  test('an unset array is empty; for anything else the last write wins', () => {
    expect(decided(set(), { base: null, local: ['a'], remote: ['b'] })).toEqual(['b', 'a'])
    expect(decided(set(), { base: ['a', 'b'], local: null, remote: ['a', 'b', 'c'] })).toEqual(['c'])
    expect(decided(set(), { base: [], local: 'a', remote: ['b'] })).toBe('a')
  })

  const values = fc.array(fc.oneof(fc.nat(4), fc.record({ id: fc.nat(2) }, { noNullPrototype: true })), { maxLength: 6 })

  test('the order in which two edits arrive makes no difference; merged again nothing changes', () => {
    fc.assert(
      fc.property(fc.record({ base: values, local: values, remote: values }), (sides) => {
        const once = decided(set(), sides)
        expect(asSet(once)).toEqual(asSet(decided(set(), swapped(sides))))
        expect(asSet(once).size).toBe((once as readonly Json[]).length)
        expect(decided(set(), { base: sides.base, local: once, remote: once })).toEqual(once)
        expect(decided(set(), { base: sides.base, local: sides.local, remote: once })).toEqual(once)
        for (const key of asSet(sides.local)) {
          expect(asSet(once).has(key)).toBe(!asSet(sides.base).has(key) || asSet(sides.remote).has(key))
        }
      }),
    )
  })
})

describe('[CO2] max and min', () => {
  test('of two numbers, of two ISO dates', () => {
    expect(decided(max(), { base: 9, local: 2, remote: 10 })).toBe(10)
    expect(decided(min(), { base: 1, local: 2, remote: 10 })).toBe(2)
    expect(decided(max(), { base: null, local: '2026-08-01', remote: '2026-07-31' })).toBe('2026-08-01')
    expect(decided(min(), { base: null, local: '2026-08-01', remote: '2026-07-31' })).toBe('2026-07-31')
  })

  test('of what has no order the last write wins', () => {
    expect(decided(max(), { base: 1, local: null, remote: 5 })).toBeNull()
    expect(decided(min(), { base: 1, local: '3', remote: 2 })).toBe('3')
  })

  test('the order in which two edits arrive makes no difference', () => {
    for (const value of [fc.integer(), fc.string()]) {
      fc.assert(
        fc.property(sidesOf(value), (sides) => {
          expect(decided(max(), sides)).toBe(decided(max(), swapped(sides)))
          expect([sides.local, sides.remote]).toContain(decided(min(), sides))
          expect(decided(min(), sides)! <= decided(max(), sides)!).toBe(true)
        }),
      )
    }
  })
})
