import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { faultsOf, readMigrations } from './released.ts'
import type { Migration } from './released.ts'
import { migrationsOf } from './testing.ts'

const repository = new URL('../../../supabase/', import.meta.url)
const released = ['20260101000000_a.sql', '20260102000000_b.sql'].map((name): Migration => ({ name, sha256: `${name} as it was` }))

test('[ST3] a migration that was released is as it was: what changes comes after it', async () => {
  const list = JSON.parse(await readFile(new URL('released.json', repository), 'utf8')) as Migration[]
  const present = await readMigrations(fileURLToPath(new URL('migrations/', repository)))
  expect(present.length).toBeGreaterThan(0)
  expect(faultsOf(list, present)).toEqual([])
})

test('what is added at the end is no fault', () => {
  expect(faultsOf(released, [...released, { name: '20260103000000_c.sql', sha256: 'new' }])).toEqual([])
  expect(faultsOf([], released)).toEqual([])
})

test.each<[string, Migration[], RegExp]>([
  ['changed', [{ ...released[0]!, sha256: 'other' }, released[1]!], /^20260101000000_a.sql was released and has been changed since/],
  ['taken away', [released[0]!], /^20260102000000_b.sql was released and is not there/],
  ['put in between', [released[0]!, { name: '20260101120000_x.sql', sha256: 'new' }, released[1]!], /^20260101120000_x.sql comes before 20260102000000_b.sql/],
])('one that was %s is told in a sentence', (_what, present, sentence) => {
  expect(faultsOf(released, present)).toEqual([expect.stringMatching(sentence)])
})

test('migrations are read in the order of their names, each with what it holds', async () => {
  const folder = await migrationsOf({ '2_b.sql': 'select 2', '1_a.sql': 'select 1', 'notes.txt': 'no migration' })
  const read = await readMigrations(folder)
  expect(read.map(({ name }) => name)).toEqual(['1_a.sql', '2_b.sql'])
  expect(new Set(read.map(({ sha256 }) => sha256)).size).toBe(2)
})
