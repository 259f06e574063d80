import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeEntity, encodeEntity } from './codec.ts'

test('dates become ISO strings, undefined is left out, and the id is no field', () => {
  const entity = { id: 'tent', day: new Date(0), notes: undefined, tags: [undefined, { at: new Date(1), gone: undefined }] }
  expect(encodeEntity(entity)).toEqual({ day: '1970-01-01T00:00:00.000Z', tags: [null, { at: '1970-01-01T00:00:00.001Z' }] })
})

const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic

test.each([
  ['NaN', NaN],
  ['an infinity', -Infinity],
  ['a bigint', 1n],
  ['a function', () => {}],
  ['a symbol', Symbol('s')],
  ['a cycle', cyclic],
  ['a Map, whose entries JSON loses', new Map([['a', 1]])],
  ['a Set', new Set([1])],
])('%s is refused with the name of its field', (_, value) => {
  expect(() => encodeEntity({ id: 'tent', deep: { list: [value] } })).toThrow(/deep\.list\[0\]/)
})

test('one value in two places is no cycle', () => {
  const shared = { a: 1 }
  expect(encodeEntity({ id: 'tent', left: shared, right: [shared, shared] })).toEqual({ left: { a: 1 }, right: [{ a: 1 }, { a: 1 }] })
})

test('a key named __proto__ is kept inside a value, and refused as a field', () => {
  const entity = JSON.parse('{"id": "1", "name": {"__proto__": {"a": 1}}}') as object
  expect(JSON.stringify(encodeEntity(entity))).toBe('{"name":{"__proto__":{"a":1}}}')
  expect(() => encodeEntity(JSON.parse('{"__proto__": 1}') as object)).toThrow(TypeError)
})

test('what JSON can carry comes back as it was', () => {
  fc.assert(
    fc.property(fc.string(), fc.dictionary(fc.constantFrom('name', 'tags', 'size'), fc.jsonValue()), (id, fields) => {
      const sent: unknown = JSON.parse(JSON.stringify(encodeEntity({ id, ...fields })))
      expect(decodeEntity(id, sent as never)).toEqual(JSON.parse(JSON.stringify({ id, ...fields })))
    }),
  )
})
