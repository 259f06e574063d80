import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { keys, kindOf, readRecord } from './records.ts'

test('a key tells what it holds', () => {
  const names = [keys.change(1), keys.page('items', 'lakes', 0), keys.scope('lakes'), keys.conflict('c'), keys.rejected('r'), keys.batch]
  expect(names.map(kindOf)).toEqual(['change', 'page', 'scope', 'conflict', 'rejected', 'batch'])
  expect(readRecord(keys.sequence, 7)).toEqual({ kind: 'sequence', value: 7 })
})

test('[OB2] the keys of changes sort as their sequences do', () => {
  const sequence = fc.nat({ max: Number.MAX_SAFE_INTEGER })
  fc.assert(
    fc.property(sequence, sequence, (a, b) => {
      expect(keys.change(a) < keys.change(b)).toBe(a < b)
    }),
  )
})
