import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { SyncError } from '../core/errors.ts'
import { snakeCase, Tables } from './tables.ts'

const tables = new Tables([
  { collection: 'trips', table: 'trips', scopeField: 'id', columns: {} },
  { collection: 'defaultRules', table: 'default_rules', scopeField: 'userId', columns: { perDay: 'je_tag', url2: 'url2' } },
])
const rules = tables.tableOf('defaultRules')

test('fields are columns in snake_case unless mapped, and back', () => {
  const fields = { userId: 'ann', atMost7: 7, perDay: true, url2: null }
  const columns = { user_id: 'ann', at_most7: 7, je_tag: true, url2: null }
  expect(tables.toColumns(rules, fields)).toEqual(columns)
  expect(Object.keys(columns).map((column) => tables.field(rules, column))).toEqual(Object.keys(fields))
})

test('a mapping holds for its own table only', () => {
  expect(tables.column(tables.tableOf('trips'), 'perDay')).toBe('per_day')
})

test('any camelCase field comes back from its column', () => {
  const field = fc.stringMatching(/^[a-z]+([A-Z][a-z]+)*$/)
  fc.assert(
    fc.property(field, (name) => {
      expect(tables.field(rules, tables.column(rules, name))).toBe(name)
      expect(snakeCase(name)).not.toMatch(/[A-Z]/)
    }),
  )
})

test('a row of the wire: id, scope and version apart, the server’s own columns left out', () => {
  const columns = { user_id: 'ann', je_tag: true, sync_version: 12, sync_xid: 99 }
  // The second is translated by the names that the first has taught.
  for (const id of ['r1', 'r2']) {
    expect(tables.toRow(rules, { id, ...columns })).toEqual({ collection: 'defaultRules', id, scope: 'ann', version: 12, fields: { userId: 'ann', perDay: true } })
  }
})

test('the root of sharing is its own scope', () => {
  expect(tables.toRow(tables.tableOf('trips'), { id: 'lakes', name: 'Lakes', sync_version: 1 })).toMatchObject({ scope: 'lakes', fields: { name: 'Lakes' } })
})

test('a collection that nobody configured is named; an unknown table may be one of a newer app', () => {
  expect(() => tables.tableOf('ghosts')).toThrow(SyncError)
  expect(() => tables.tableOf('ghosts')).toThrow(/ghosts/)
  expect(tables.collectionOf('ghosts')).toBeUndefined()
})
