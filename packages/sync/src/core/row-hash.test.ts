import { expect, test } from 'vitest'
import { rowHash } from './row-hash.ts'

/** From Postgres 18: `select uuid_hash_extended(id, version) & 4294967295`. */
const known: readonly (readonly [id: string, version: number, hash: number])[] = [
  ['00112233-4455-6677-8899-aabbccddeeff', 0, 776_152_245],
  ['00112233-4455-6677-8899-aabbccddeeff', 1, 3_931_254_649],
  ['ffffffff-ffff-ffff-ffff-ffffffffffff', 1_099_511_627_776_123, 2_356_159_448],
]

test('[PL7] a row hashes to what Postgres makes of it, also where its version has more than 32 bits', () => {
  expect(known.map(([id, version]) => rowHash(id, version))).toEqual(known.map(([, , hash]) => hash))
})

test('[PL7] capital letters are the same id', () => {
  expect(rowHash('00112233-4455-6677-8899-AABBCCDDEEFF', 1)).toBe(3_931_254_649)
})
