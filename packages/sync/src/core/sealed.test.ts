import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seal, unseal } from './sealed.ts'

const sealed = seal({ name: 'Tent', packed: null })
const anyJson = fc.jsonValue()

test('[OB8] what is sealed comes out as it was, also after it lay in a storage', () => {
  fc.assert(
    fc.property(anyJson, (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as unknown
      expect(unseal(structuredClone(seal(value)))).toEqual({ is: 'whole', value: plain })
      expect(unseal(JSON.parse(JSON.stringify(seal(value))))).toEqual({ is: 'whole', value: plain })
    }),
  )
})

test('[OB2] a change comes out with the number that the storage gave it', () => {
  expect(unseal({ ...sealed, sequence: 7 })).toEqual({ is: 'whole', value: { name: 'Tent', packed: null, sequence: 7 } })
})

test('[OB8] no other value passes under the checksum of this one', () => {
  fc.assert(
    fc.property(anyJson, anyJson, (value, other) => {
      fc.pre(JSON.stringify(value) !== JSON.stringify(other))
      expect(unseal({ ...seal(value), text: JSON.stringify(other) })).toMatchObject({ is: 'broken' })
    }),
  )
})

describe('[OB8] broken, with the reason', () => {
  test.each([
    ['a value that was changed', { ...sealed, text: sealed.text.replace('Tent', 'Tant') }, 'Its checksum does not fit: it was damaged.'],
    ['a checksum that was changed', { ...sealed, checksum: sealed.checksum + 1 }, 'Its checksum does not fit: it was damaged.'],
    ['another form', { ...sealed, form: 2 }, 'It was written by another version of the app, in form 2.'],
    ['a form that names none', { ...sealed, form: undefined }, 'It was written by another version of the app, in form undefined.'],
    ['a value without its envelope', { name: 'Tent' }, 'It cannot be read.'],
    ['an envelope without a value', { form: 1, checksum: 1 }, 'It cannot be read.'],
    ['an envelope without a checksum', { form: 1, text: 'null' }, 'It cannot be read.'],
    ['an envelope whose value is no text', { form: 1, checksum: 1, text: 7 }, 'It cannot be read.'],
    ['a text', 'Tent', 'It cannot be read.'],
    ['null', null, 'It cannot be read.'],
    ['what cannot be read', undefined, 'It cannot be read.'],
  ])('%s', (_, stored, reason) => {
    expect(unseal(stored)).toEqual({ is: 'broken', reason })
  })
})
