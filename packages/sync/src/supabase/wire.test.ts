import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { opOf, recordedOf } from '../testing/builders.ts'
import { Tables, type Table } from './tables.ts'
import { fromWireAnswer, fromWirePull, toWireOp, type WireAnswer, type WirePull } from './wire.ts'

const tables = new Tables([
  { collection: 'trips', table: 'trips', scopeField: 'id', columns: {} },
  { collection: 'items', table: 'packing_items', scopeField: 'tripId', columns: { name: 'title' } },
])
const op = opOf([recordedOf(1, { patch: { tripId: 'lakes', name: 'Big tent', packedBy: 'ann' }, baseValues: { tripId: 'lakes', name: 'Tent', packedBy: null } })])
const clock = { now: 2_000, clockOffset: 0 }
const row = { id: 'tent', trip_id: 'lakes', title: 'Igloo', sync_version: 5, sync_xid: 1 }
const decoded = { collection: 'items', id: 'tent', scope: 'lakes', version: 5, fields: { tripId: 'lakes', name: 'Igloo' } }

describe('an op on the wire', () => {
  test('an update carries the columns that changed, the scope’s too: it may move', () => {
    expect(toWireOp(op, tables, { now: 2_000, clockOffset: 500 })).toEqual({
      op_id: 'op-tent',
      collection: 'packing_items',
      kind: 'update',
      id: 'tent',
      scope: 'lakes',
      base_version: 1,
      patch: { trip_id: 'lakes', title: 'Big tent', packed_by: 'ann' },
      base: { trip_id: 'lakes', title: 'Tent', packed_by: null },
      time: '1970-01-01T00:00:01.500Z',
    })
  })

  test('a create carries the whole row but id and scope, and no base', () => {
    const wire = toWireOp({ ...op, kind: 'create', baseVersion: null }, tables, clock)
    expect(wire).toMatchObject({ kind: 'create', base_version: null, patch: { title: 'Big tent', packed_by: 'ann' } })
    expect(wire.patch).not.toHaveProperty('trip_id')
    expect(wire).not.toHaveProperty('base')
  })

  test('a replace carries both, a delete neither', () => {
    expect(toWireOp({ ...op, kind: 'replace' }, tables, clock)).toMatchObject({ patch: { title: 'Big tent', packed_by: 'ann' }, base: { title: 'Tent' } })
    const wire = toWireOp({ ...op, kind: 'delete', patch: {} }, tables, clock)
    expect(wire).not.toHaveProperty('patch')
    expect(wire).not.toHaveProperty('base')
  })

  test('[PU2] counters travel as what to add, and in no other form', () => {
    const counting = { ...op, patch: { name: 'Big tent', peopleIn: 4 }, baseValues: { name: 'Tent', peopleIn: 3 }, add: { peopleIn: 1 } }
    expect(toWireOp(counting, tables, clock)).toMatchObject({ patch: { title: 'Big tent' }, base: { title: 'Tent' }, add: { people_in: 1 } })
    const alone = toWireOp({ ...counting, patch: { peopleIn: 4 }, baseValues: { peopleIn: 3 } }, tables, clock)
    expect(alone).toMatchObject({ base: {}, add: { people_in: 1 } })
    expect(alone.patch).toEqual({})
  })

  test('[A7] a unit is named, where there is one', () => {
    expect(toWireOp({ ...op, unit: 'step' }, tables, clock)).toHaveProperty('unit', 'step')
    expect(toWireOp(op, tables, clock)).not.toHaveProperty('unit')
  })

  test('[CO2] no edit is later than now, by the server’s clock', () => {
    expect(toWireOp({ ...op, time: 9_000 }, tables, { now: 2_000, clockOffset: 500 }).time).toBe('1970-01-01T00:00:02.500Z')
  })

  test('[CO2] whatever the clocks show, the time is one that a server can read', () => {
    const clocks = fc.record({ time: fc.double(), now: fc.double(), clockOffset: fc.double() })
    fc.assert(
      fc.property(clocks, ({ time, ...device }) => {
        expect(toWireOp({ ...op, time }, tables, device).time).toMatch(/^(19[7-9]\d|[2-9]\d{3})-\d\d-\d\dT/)
      }),
    )
  })
})

describe('[PU3] an answer from the wire', () => {
  test.each([
    ['applied', { version: 3 }, { version: 3 }],
    ['applied', {}, { version: null }],
    ['merged', { row, version: 5 }, { row: decoded }],
    ['duplicate', { row, version: 5 }, { row: decoded }],
    ['duplicate', {}, { row: null }],
    ['conflict', { row, fields: { title: { by: 'ben', at: '1970-01-01T00:00:02Z' } } }, { row: decoded, edits: { name: { by: 'ben', time: 2_000 } } }],
    ['conflict', { row }, { row: decoded, edits: {} }],
    ['deleted', {}, {}],
    ['undone', {}, {}],
    ['not_found', { code: 'P0002', message: 'gone' }, { code: 'P0002', message: 'gone' }],
    ['forbidden', { code: '42501', message: 'no' }, { code: '42501', message: 'no' }],
    ['invalid', {}, { code: 'invalid', message: 'invalid' }],
    ['retry', { code: '40001', message: 'again' }, { code: '40001', message: 'again' }],
  ] satisfies [WireAnswer['status'], Partial<WireAnswer>, object][])('%s %j', (status, given, expected) => {
    expect(fromWireAnswer({ op_id: 'op-tent', status, ...given }, op, tables)).toEqual({ opId: 'op-tent', status, ...expected })
  })

  test.each(['merged', 'conflict', 'unheard-of'])('%s without what it must carry decides nothing: the op is sent again', (status) => {
    expect(fromWireAnswer({ op_id: 'op-tent', status: status as WireAnswer['status'] }, op, tables)).toMatchObject({ status: 'retry', code: 'bad-answer' })
  })
})

test('a page from the wire: tables become collections, those that this app does not know are passed over', () => {
  const pull: WirePull = {
    user: 'ann',
    epoch: 'e1',
    as_of: 740,
    schema: 's1',
    now: '1970-01-01T00:00:03Z',
    etag: 'tag',
    more: true,
    scopes: { lakes: '5' },
    partial: ['lakes'],
    reset: ['lakes'],
    behind: ['lakes'],
    gone: [{ scope: 'alps', reason: 'revoked' }],
    rows: { packing_items: [row], ghosts: [{ id: 'g', sync_version: 1 }] },
    deleted: [
      { collection: 'packing_items', id: 'cup', scope: 'lakes', version: 4 },
      { collection: 'ghosts', id: 'g', scope: 'lakes', version: 4 },
    ],
    checksums: { lakes: 7 },
  }
  expect(fromWirePull(pull, tables)).toEqual({
    user: 'ann',
    epoch: 'e1',
    asOf: 740,
    schema: `s1 ${tables.form}`,
    now: 3_000,
    etag: 'tag',
    more: true,
    cursors: { lakes: '5' },
    partial: ['lakes'],
    reset: ['lakes'],
    behind: ['lakes'],
    gone: [{ scope: 'alps', reason: 'revoked' }],
    rows: [decoded],
    deleted: [{ collection: 'items', id: 'cup', scope: 'lakes', version: 4 }],
    checksums: { lakes: 7 },
  })
})

const formOf = (...all: readonly Table[]): string => new Tables(all).form

test('[PL3] the form of the rows is another one when the app maps a table or a column otherwise, or knows one more; their order does not matter', () => {
  const items = { collection: 'items', table: 'items', scopeField: 'tripId', columns: { title: 'name', note: 'notes' } }
  const people = { collection: 'people', table: 'people', scopeField: 'tripId', columns: {} }
  const form = formOf(items, people)
  expect(formOf(people, { ...items, columns: { note: 'notes', title: 'name' } })).toBe(form)
  const others = [formOf(items), formOf({ ...items, table: 'goods' }, people), formOf({ ...items, scopeField: 'listId' }, people), formOf({ ...items, columns: { title: 'name' } }, people), formOf({ ...items, collection: 'things' }, people)]
  expect(new Set([form, ...others]).size).toBe(6)
})
