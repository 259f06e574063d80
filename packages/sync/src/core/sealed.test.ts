import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { databaseVersion, seal, unseal, type Migration } from './sealed.ts'

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

describe('[ST3] a newer app, whose records have had two forms before', () => {
  const steps: readonly Migration[] = [
    (key, value) => ({ ...(value as object), isOf: key.split('/')[0] }),
    (_, value) => ({ ...(value as object), packed: (value as { packed: boolean | null }).packed ?? false }),
  ]

  test.each([
    ['the first', 1, { name: 'Tent', packed: false, isOf: 'change' }],
    ['the second', 2, { name: 'Tent', packed: false }],
    ['today’s', 3, { name: 'Tent', packed: null }],
  ])('reads a record of %s form in today’s, its number with it', (_, form, value) => {
    expect(unseal({ ...sealed, form, sequence: 7 }, 'change/7', steps)).toEqual({ is: 'whole', value: { ...value, sequence: 7 } })
  })

  test('sets aside what cannot be brought up to date, with the reason', () => {
    const broken: readonly Migration[] = [...steps, () => { throw new Error('no packed') }]
    expect(unseal(sealed, 'change/7', broken)).toEqual({ is: 'broken', reason: 'It cannot be brought up to date from form 1: Error: no packed' })
  })

  test('opens no database with an app that does not know its form', () => {
    expect(databaseVersion).toBe(sealed.form)
  })
})

describe('[OB8] broken, with the reason', () => {
  test.each([
    ['a value that was changed', { ...sealed, text: sealed.text.replace('Tent', 'Tant') }, 'Its checksum does not fit: it was damaged.'],
    ['a checksum that was changed', { ...sealed, checksum: sealed.checksum + 1 }, 'Its checksum does not fit: it was damaged.'],
    ['another form', { ...sealed, form: 2 }, 'It was written by another version of the app, in form 2.'],
    ['a form below the first', { ...sealed, form: 0 }, 'It was written by another version of the app, in form 0.'],
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
