import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { weighConflict, type ConflictFacts } from './conflict-analysis.ts'
import type { Json } from './json.ts'
import type { FieldConflict } from './types.ts'

const minute = 60_000
const now = 1_000 * minute

const fieldOf = (given: Partial<FieldConflict> & { by?: string | null; minutesAgo?: number } = {}): FieldConflict => {
  const { by = 'ben', minutesAgo = 0, ...field } = given
  return { field: 'name', base: 'Tent', local: 'Yurt', remote: 'Igloo', remoteEdit: { by, time: now - minutesAgo * minute }, ...field }
}

const factsOf = (fields: readonly FieldConflict[], given: Partial<ConflictFacts> = {}): ConflictFacts => ({
  kind: 'edit-edit',
  fields,
  critical: [],
  localUser: 'ann',
  localTime: now,
  ...given,
})

const confidence = (fields: readonly FieldConflict[], given: Partial<ConflictFacts> = {}) => weighConflict(factsOf(fields, given)).confidence
const severity = (fields: readonly FieldConflict[], given: Partial<ConflictFacts> = {}) => weighConflict(factsOf(fields, given)).severity

describe('[CO4] confidence', () => {
  test('time: two people at the same moment leave a guess, five minutes even odds, hours little doubt', () => {
    expect(confidence([fieldOf()])).toBe(0)
    expect(confidence([fieldOf({ minutesAgo: 5 })])).toBe(0.5)
    expect(confidence([fieldOf({ minutesAgo: 120 })])).toBeGreaterThan(0.95)
  })

  test('time: the nearest of several edits counts, and of an unknown one nothing is known', () => {
    const old = fieldOf({ minutesAgo: 120 })
    expect(confidence([old, fieldOf({ field: 'notes' })])).toBe(0)
    expect(confidence([old, fieldOf({ field: 'notes', remoteEdit: null })])).toBe(0)
  })

  test('who: one person on two devices is sure, if all of it is theirs', () => {
    expect(confidence([fieldOf({ by: 'ann' })])).toBeCloseTo(0.9)
    expect(confidence([fieldOf({ by: 'ann' }), fieldOf({ field: 'notes', by: 'ben' })])).toBe(0)
    expect(confidence([fieldOf({ by: null })])).toBe(0)
  })

  test('meaning: values that nearly agree, and fields in which a wrong decision does harm', () => {
    expect(confidence([fieldOf({ local: 'Big red tent', remote: 'Big new tent' })])).toBeGreaterThan(confidence([fieldOf()]))
    expect(confidence([fieldOf({ local: 9, remote: 10 })])).toBeGreaterThan(confidence([fieldOf({ local: 1, remote: 10 })]))
    expect(confidence([fieldOf({ by: 'ann' })], { critical: ['name'] })).toBeLessThan(0.8)
  })

  test('meaning: numbers agree by their ratio, texts by what they begin and end with', () => {
    const even = { minutesAgo: 5 }
    expect(confidence([fieldOf({ ...even, local: 'aa', remote: 'aaa' })])).toBeCloseTo(1 - 0.5 * (1 - 1 / 3))
    expect(confidence([fieldOf({ ...even, local: '', remote: '' })])).toBe(0.75)
    expect(confidence([fieldOf({ ...even, local: 5, remote: 10 })])).toBeCloseTo(1 - 0.5 * 0.75)
    expect(confidence([fieldOf({ ...even, local: -10, remote: 10 })])).toBe(0.5)
    expect(confidence([fieldOf({ ...even, local: 0, remote: 0 })])).toBe(0.75)
  })

  test('structure: the more fields, the less', () => {
    const fields = ['a', 'b', 'c'].map((field) => fieldOf({ field, minutesAgo: 5 }))
    expect([1, 2, 3].map((count) => confidence(fields.slice(0, count)))).toEqual([0.5, 1 / 3, 0.25])
  })
})

describe('[CO4] severity', () => {
  test('a field of two people is medium, one that nearly agrees low', () => {
    expect(severity([fieldOf()])).toBe('medium')
    expect(severity([fieldOf({ local: 9, remote: 10 })])).toBe('low')
    expect(severity([fieldOf()], { kind: 'create-create' })).toBe('medium')
  })

  test('a critical field, many fields, or all of a row is high', () => {
    expect(severity([fieldOf()], { critical: ['name'] })).toBe('high')
    expect(severity(['a', 'b', 'c', 'd'].map((field) => fieldOf({ field, local: 9, remote: 10 })))).toBe('high')
    expect(severity([fieldOf()], { kind: 'edit-delete' })).toBe('high')
    expect(severity([fieldOf()], { kind: 'delete-edit' })).toBe('high')
  })

  test('where no value is at stake there is nothing to decide', () => {
    expect(weighConflict(factsOf([], { kind: 'delete-edit' }))).toEqual({ severity: 'low', confidence: 1 })
  })
})

const value = fc.oneof<fc.Arbitrary<Json>[]>(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string(), fc.constant(null), fc.array(fc.nat()))
const anyField = fc.record({
  field: fc.constantFrom('name', 'notes', 'quantity'),
  base: value,
  local: value,
  remote: value,
  remoteEdit: fc.option(fc.record({ by: fc.constantFrom('ann', 'ben', null), time: fc.integer() })),
})
const anyFacts = fc.record({
  kind: fc.constantFrom('edit-edit', 'edit-delete', 'delete-edit', 'create-create'),
  fields: fc.array(anyField, { maxLength: 5 }),
  critical: fc.constantFrom([], ['name']),
  localUser: fc.constant('ann'),
  localTime: fc.integer(),
})

test('[CO3] [CO4] any conflict has a confidence from 0 to 1, the same from either side where both people are told alike', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const weight = weighConflict(facts)
      expect(weight.confidence).toBeGreaterThanOrEqual(0)
      expect(weight.confidence).toBeLessThanOrEqual(1)
      expect(weighConflict(structuredClone(facts))).toEqual(weight)
      const fields = facts.fields.map((field) => ({ ...field, local: field.remote, remote: field.local }))
      expect(weighConflict({ ...facts, fields })).toEqual(weight)
    }),
  )
})
