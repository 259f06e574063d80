import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { singleOps } from '../test/single-ops.ts'
import type { WireOp } from './wire.ts'
import { grouped } from './wire-groups.ts'

const id = (nth: number) => `0000000${nth}-1111-4111-8111-111111111111`
const lakes = id(7)
const op = (nth: number, fields: Partial<WireOp> = {}): WireOp => ({
  op_id: id(nth),
  collection: 'items',
  kind: 'update',
  id: id(9),
  scope: lakes,
  base_version: 3,
  patch: { name: 'Big tent', quantity: 2 },
  base: { name: 'Tent', quantity: 1 },
  time: `2026-07-01T10:00:00.${nth}00Z`,
  ...fields,
})
const bare = (uuid: string) => uuid.replaceAll('-', '')

describe('ops that are alike', () => {
  test('go as one element, their values column by column', () => {
    const other = op(2, { patch: { quantity: 5, name: 'Igloo' }, base: { quantity: 4, name: 'Hut' }, base_version: null })
    expect(grouped([op(1), other])).toEqual([
      {
        collection: 'items',
        kind: 'update',
        scope: lakes,
        time: '2026-07-01T10:00:00.100Z',
        columns: ['name', 'quantity'],
        ops: [
          [bare(id(1)), bare(id(9)), 3, 0, 'Big tent', 2, 'Tent', 1],
          [bare(id(2)), bare(id(9)), null, 100, 'Igloo', 5, 'Hut', 4],
        ],
      },
    ])
  })

  test('[OB6] only neighbours: the order stays', () => {
    const people = op(2, { collection: 'people' })
    expect(grouped([op(1), people, op(3)])).toEqual([op(1), people, op(3)])
  })

  test.each([
    ['of another kind', { kind: 'delete' }],
    ['of another scope', { scope: id(8) }],
    ['of other columns', { patch: { name: 'Igloo' }, base: { name: 'Hut' } }],
    ['whose base names other columns than its patch', { base: { name: 'Tent', packed: false } }],
    ['[PU2] that adds to counters', { add: { quantity: 1 } }],
    ['[A7] of a unit', { unit: 'step' }],
    ['[PU6] with an id that is no UUID, and may spoil a group', { id: 'te\u0000nt' }],
    ['[PU6] with the character 0', { patch: { name: 'a\u0000', quantity: 2 } }],
    ['[PU6] with half a surrogate pair', { base: { name: 'a\ud800', quantity: 2 } }],
    ['[PU6] with either within a value', { patch: { name: ['a\u0000'], quantity: 2 } }],
  ] as const)('one %s stands for itself', (_, fields) => {
    expect(grouped([op(1), op(2, fields), op(3)])).toEqual([op(1), op(2, fields), op(3)])
  })
})

test('whatever is sent together, the server finds the same ops in the same order', () => {
  const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.array(fc.string()))
  const fields = fc.dictionary(fc.constantFrom('name', 'notes', 'packed'), value, { noNullPrototype: true })
  const ops = fc.array(
    fc.record({ opId: fc.uuid(), rowId: fc.uuid(), kind: fc.constantFrom('create', 'update', 'delete', 'replace'), scope: fc.constantFrom(lakes, id(8), 'no uuid'), patch: fields, ms: fc.nat() }),
  )
  fc.assert(
    fc.property(ops, (some) => {
      const sent = some.map(({ opId, rowId, kind, scope, patch, ms }): WireOp => {
        const head = { op_id: opId, collection: 'items', kind, id: rowId, scope, base_version: null, time: new Date(ms).toISOString() }
        return { ...head, ...(kind !== 'delete' && { patch }), ...((kind === 'update' || kind === 'replace') && { base: patch }) }
      })
      const arrived = singleOps(JSON.parse(JSON.stringify(grouped(sent))) as ReturnType<typeof grouped>)
      expect(arrived).toEqual(JSON.parse(JSON.stringify(sent)))
    }),
  )
})
