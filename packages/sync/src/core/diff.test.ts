import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffFields } from './diff.ts'

test('only the fields that differ by value are in the diff, with what they replaced', () => {
  const before = { name: 'Tent', quantity: 1, tags: ['camp', { deep: [1] }] }
  const after = { name: 'Big tent', quantity: 1, tags: ['camp', { deep: [1] }] }
  expect(diffFields(before, after)).toEqual({ patch: { name: 'Big tent' }, baseValues: { name: 'Tent' } })
})

test('nested values are compared as a whole', () => {
  expect(diffFields({ tags: ['a', { b: 1 }] }, { tags: ['a', { b: 2 }] })).toEqual({
    patch: { tags: ['a', { b: 2 }] },
    baseValues: { tags: ['a', { b: 1 }] },
  })
})

test('a missing field and null mean the same; a field that goes away is set to null', () => {
  expect(diffFields({ notes: null }, {})).toBeNull()
  expect(diffFields({}, { notes: null })).toBeNull()
  expect(diffFields({ notes: 'x' }, {})).toEqual({ patch: { notes: null }, baseValues: { notes: 'x' } })
})

test('a field may be named like something that all objects have', () => {
  expect(diffFields({}, { constructor: 'Ann' })).toEqual({ patch: { constructor: 'Ann' }, baseValues: { constructor: null } })
  expect(diffFields({ valueOf: 1 }, {})).toEqual({ patch: { valueOf: null }, baseValues: { valueOf: 1 } })
})

test('any fields laid over by their diff to others become the others', () => {
  const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(fc.constant(null), fc.integer(), fc.array(fc.string())))
  fc.assert(
    fc.property(fields, fields, (before, after) => {
      const diff = diffFields(before, after)
      expect(diffFields({ ...before, ...diff?.patch }, after)).toBeNull()
      expect(diffFields({ ...after, ...diff?.baseValues }, before)).toBeNull()
      expect(Object.keys(diff?.patch ?? {})).toEqual(Object.keys(diff?.baseValues ?? {}))
    }),
  )
})
