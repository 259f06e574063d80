import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fields } from './json.ts'
import { sizeOf } from './size.ts'

const bytes = (fields: Fields) => new TextEncoder().encode(JSON.stringify(fields)).length
const frame = sizeOf({ patch: {}, baseValues: {} })

test('an op is about as large as its JSON', () => {
  const patch = { name: 'Big tent', notes: 'Zelt für den Gipfel'.repeat(20), tags: ['a', { deep: [1.5, null, true] }], quantity: 12 }
  const size = sizeOf({ patch, baseValues: {} }) - frame
  expect(size).toBeGreaterThan(bytes(patch) * 0.9)
  expect(size).toBeLessThan(bytes(patch) * 1.3)
  expect(sizeOf({ patch: {}, baseValues: patch })).toBe(size + frame)
})

test('texts of any script are never told for less than a half of their bytes, or for more than the double', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 20 }), (text) => {
      const size = sizeOf({ patch: { text }, baseValues: {} }) - frame
      expect(size).toBeGreaterThanOrEqual(bytes({ text }) / 2)
      expect(size).toBeLessThanOrEqual(bytes({ text }) * 2)
    }),
  )
})
