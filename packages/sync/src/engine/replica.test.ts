import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import type { Conflict, Row } from '../core/types.ts'
import { applyWrite, recordedOf, replicaOf, rowOf } from '../testing/builders.ts'
import { Draft } from './draft.ts'
import { Replica } from './replica.ts'

const tent = { collection: 'items', id: 'tent' }

test('the view is the row with the pending changes over it, those parked for a person beneath later ones [OB4]', () => {
  const replica = replicaOf({ rows: [rowOf()], changes: [recordedOf(3, { patch: { name: 'Third' } })] })
  const parked = { ...tent, conflictId: 'c', scope: 'lakes', advice: null, kind: 'edit-edit', severity: 'medium', confidence: 0, fields: [], changes: [recordedOf(1, { patch: { name: 'First', quantity: 9 } })], time: 1 } as const
  const touched = replica.apply([[keys.conflict('c'), parked satisfies Conflict]])
  expect([...touched]).toEqual([tent])
  expect(replica.view(tent)).toEqual({ tripId: 'lakes', name: 'Third', quantity: 9 })
  replica.apply([], [keys.conflict('c')])
  expect(replica.view(tent)).toEqual({ tripId: 'lakes', name: 'Third', quantity: 1 })
})

test('[OB4] quarantined changes are not in the view', () => {
  const replica = replicaOf({ rows: [rowOf()] })
  replica.apply([[keys.rejected('r'), { ...tent, rejectedId: 'r', status: 'forbidden', code: '42501', message: 'no', changes: [recordedOf(1)], time: 1 }]])
  expect(replica.view(tent)).toEqual(rowOf().fields)
  expect(replica.rejected.size).toBe(1)
})

test('only what a write altered is touched', () => {
  const cup = rowOf({ id: 'cup' })
  const replica = replicaOf({ rows: [rowOf(), cup] })
  const touched = replica.apply([[keys.page('items', 'lakes', 0), { rows: [cup, rowOf({ id: 'map' })] }]])
  expect([...touched].map(({ id }) => id).sort()).toEqual(['map', 'tent'])
  expect(replica.view(tent)).toBeNull()
})

test('a row that moves to another scope is there once, in whatever order its pages are told', () => {
  const here = [keys.page('items', 'lakes', 0), { rows: [] }] as const
  const there = [keys.page('items', 'alps', 0), { rows: [rowOf({ scope: 'alps', version: 2 })] }] as const
  for (const puts of [[here, there], [there, here]]) {
    const replica = replicaOf({ rows: [rowOf()] })
    replica.apply(puts)
    expect(replica.row(tent)?.scope).toBe('alps')
    expect(replica.pageKeyOf(tent)).toBe(keys.page('items', 'alps', 0))
    expect(replica.rowsOf('lakes')).toEqual([])
  }
})

/** Rows put and removed, moves between scopes among them, several to a write. */
const anyWrites = fc.array(
  fc.array(fc.record({ id: fc.nat(150), scope: fc.constantFrom('lakes', 'alps'), remove: fc.boolean() }), { maxLength: 80 }),
  { maxLength: 12 },
)

const contents = (replica: Replica): Row[] => [...replica.known()].flatMap((ref) => replica.row(ref) ?? []).sort((a, b) => (a.id < b.id ? -1 : 1))

test('[TB2] two tabs that are told the same writes hold the same, and so does one that reads what was stored', () => {
  fc.assert(
    fc.property(anyWrites, (writes) => {
      const [leader, follower] = [new Replica(), new Replica()]
      const stored = new Map<string, unknown>()
      const expected = new Map<string, Row>()
      let version = 0
      for (const edits of writes) {
        const draft = new Draft(leader)
        for (const { id, scope, remove } of edits) {
          const row = rowOf({ id: `row-${id}`, scope, version: (version += 1) })
          if (remove) draft.removeRow(row)
          else draft.putRow(row)
          if (remove) expected.delete(row.id)
          else expected.set(row.id, row)
        }
        const write = draft.write()
        applyWrite(leader, write)
        applyWrite(follower, structuredClone(write))
        for (const key of write.deletes) stored.delete(key)
        for (const [key, value] of write.puts) stored.set(key, value)
      }
      const reader = new Replica()
      reader.apply([...stored])
      const rows = [...expected.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
      expect([leader, follower, reader].map(contents)).toEqual([rows, rows, rows])
      for (const page of stored.values()) expect((page as { rows: Row[] }).rows.length).toBeLessThanOrEqual(64)
    }),
  )
})
