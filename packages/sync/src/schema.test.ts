import type { StandardSchemaV1 } from '@standard-schema/spec'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { toValidate } from './schema.ts'

const schemaOf = (validate: (value: unknown) => StandardSchemaV1.Result<unknown> | Promise<StandardSchemaV1.Result<unknown>>): StandardSchemaV1 => ({
  '~standard': { version: 1, vendor: 'test', validate },
})

describe('[A4] a schema of zod', () => {
  const item = z.object({ name: z.string().trim().min(1, 'An item needs a name.'), quantity: z.number().default(1), tags: z.array(z.string()).optional() })
  const validate = toValidate('items', item)

  test('passes an entity as the schema leaves it: trimmed, with its defaults', () => {
    expect(validate({ name: ' Tent ' })).toEqual({ value: { name: 'Tent', quantity: 1 } })
  })

  test('tells in sentences what is wrong and where', () => {
    expect(validate({ name: '  ', quantity: 1 })).toEqual({ issues: ['name: An item needs a name.'] })
    expect(validate({ name: 'Tent', tags: ['a', 5] })).toMatchObject({ issues: [expect.stringMatching(/^tags\.1: /)] })
  })
})

test('[A4] a path may hold objects with a key; an issue about the whole names no field', () => {
  const issues = [{ message: 'is odd', path: [{ key: 'kit' }, 0, Symbol('part')] }, { message: 'All is odd.' }, { message: 'Odd.', path: [] }]
  expect(toValidate('items', schemaOf(() => ({ issues })))({})).toEqual({ issues: ['kit.0.Symbol(part): is odd', 'All is odd.', 'Odd.'] })
})

test('[A4] a schema that answers later is refused when sync is set up, not at the first edit', () => {
  const later = schemaOf((value) => Promise.resolve({ value }))
  expect(() => toValidate('items', later)).toThrow(expect.objectContaining({ code: 'bad-configuration', message: expect.stringContaining('items') as string }) as Error)
  const remote = z.object({}).refine(async () => Promise.resolve(true))
  expect(() => toValidate('items', remote)).toThrow(expect.objectContaining({ code: 'bad-configuration' }) as Error)
})
