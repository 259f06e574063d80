import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diffFields } from './diff.ts'
import type { Fields } from './json.ts'
import { squash, type Squashable } from './squash.ts'

const edit = (kind: Squashable['kind'], patch: Fields, baseValues: Fields = {}): Squashable => ({ kind, patch, baseValues, baseVersion: 3, time: 1 })

describe('[OB5] what two changes come to', () => {
  test('create+update is a create', () => {
    const both = squash([edit('create', { name: 'Tent', quantity: 1 }), edit('update', { quantity: 2 }, { quantity: 1 })])
    expect(both).toMatchObject({ kind: 'create', patch: { name: 'Tent', quantity: 2 }, baseValues: {} })
  })

  test('update+update is one patch with the first base values and the last values', () => {
    const both = squash([edit('update', { name: 'B' }, { name: 'A' }), edit('update', { name: 'C', packed: true }, { name: 'B', packed: false })])
    expect(both).toMatchObject({ kind: 'update', patch: { name: 'C', packed: true }, baseValues: { name: 'A', packed: false } })
  })

  test('a field that ends where it began leaves the patch; when none is left, nothing is', () => {
    const there = edit('update', { name: 'B', packed: true }, { name: 'A', packed: false })
    const back = edit('update', { packed: false }, { packed: true })
    expect(squash([there, back])).toMatchObject({ patch: { name: 'B' }, baseValues: { name: 'A' } })
    expect(squash([edit('update', { packed: true }, { packed: false }), back])).toBeNull()
  })

  test('create+delete is nothing, and what follows begins anew', () => {
    const gone = [edit('create', { name: 'A' }), edit('delete', {}, { name: 'A' })]
    expect(squash(gone)).toBeNull()
    expect(squash([...gone, edit('create', { name: 'B' })])).toMatchObject({ kind: 'create', patch: { name: 'B' } })
  })

  test('update+delete is a delete of what was there before both', () => {
    const both = squash([edit('update', { name: 'B' }, { name: 'A' }), edit('delete', {}, { name: 'B', quantity: 1 })])
    expect(both).toMatchObject({ kind: 'delete', patch: {}, baseValues: { name: 'A', quantity: 1 } })
  })

  test('delete+create is one replace, in which what the old row had and the new one lacks is null', () => {
    const both = squash([edit('delete', {}, { name: 'A', notes: 'x' }), edit('create', { name: 'B' })])
    expect(both).toMatchObject({ kind: 'replace', patch: { name: 'B', notes: null }, baseValues: { name: 'A', notes: 'x' } })
  })

  test('a field that the new row lacks is null, also where it is named like something that all objects have', () => {
    expect(squash([edit('delete', {}, { constructor: 'Ann' }), edit('create', { name: 'B' })])?.patch).toEqual({ name: 'B', constructor: null })
  })

  test('delete+create of the same values is nothing', () => {
    expect(squash([edit('delete', {}, { name: 'A' }), edit('create', { name: 'A' })])).toBeNull()
  })

  test('the version is that of the first, the time that of the last', () => {
    const both = squash([{ ...edit('update', { a: 2 }, { a: 1 }), baseVersion: 7 }, { ...edit('update', { a: 3 }, { a: 2 }), baseVersion: 9, time: 5 }])
    expect(both).toMatchObject({ baseVersion: 7, time: 5 })
  })
})

/** What a row becomes by one change, as the server does it. */
function afterOne(row: Fields | null, change: Squashable | null): Fields | null {
  if (change === null) return row
  if (change.kind === 'delete') return null
  return change.kind === 'create' ? change.patch : { ...row, ...change.patch }
}

/** Legal edits of one entity: each begins where the one before ended. */
const legalEdits = fc
  .tuple(
    fc.option(fc.record({ a: fc.nat(2), b: fc.nat(2) }), { nil: null }),
    fc.array(fc.tuple(fc.constantFrom('set', 'remove'), fc.record({ a: fc.nat(2), b: fc.nat(2), c: fc.nat(2) }, { requiredKeys: [] })), { maxLength: 8 }),
  )
  .map(([start, steps]) => {
    const changes: Squashable[] = []
    let row: Fields | null = start
    for (const [verb, values] of steps) {
      const change = next(row, verb === 'remove' ? null : values)
      if (change === null) continue
      changes.push(change)
      row = afterOne(row, change)
    }
    return { start, changes, end: row }
  })

function next(row: Fields | null, values: Fields | null): Squashable | null {
  if (values === null) return row && edit('delete', {}, row)
  if (row === null) return edit('create', values)
  const diff = diffFields(row, { ...row, ...values })
  return diff && edit('update', diff.patch, diff.baseValues)
}

/** Same values; a missing field and null mean the same. */
const sameRow = (a: Fields | null, b: Fields | null) => (a === null || b === null ? a === b : diffFields(a, b) === null)

test('[OB5] squashed in any parts, legal edits lead to the row to which they lead one by one', () => {
  fc.assert(
    fc.property(legalEdits, fc.infiniteStream(fc.boolean()), ({ start, changes, end }, cuts) => {
      const parts: Squashable[][] = [[]]
      for (const change of changes) {
        parts.at(-1)!.push(change)
        if (cuts.next().value === true) parts.push([])
      }
      const squashed = parts.flatMap((part) => squash(part) ?? [])
      expect(sameRow(squashed.reduce<Fields | null>(afterOne, start), end)).toBe(true)
      expect(sameRow(afterOne(start, squash(squashed)), end)).toBe(true)
      expect(sameRow(afterOne(start, squash(changes)), end)).toBe(true)
    }),
  )
})

test('[OB5] edits that lead back to the start are sent as nothing', () => {
  fc.assert(
    fc.property(legalEdits, ({ start, changes, end }) => {
      fc.pre(sameRow(start, end))
      expect(squash(changes)).toBeNull()
    }),
  )
})

test('[OB1] squashing works on copies', () => {
  fc.assert(
    fc.property(legalEdits, ({ changes }) => {
      const before = structuredClone(changes)
      squash(changes)
      expect(changes).toEqual(before)
    }),
  )
})

test('[OB5] what was made and deleted before it was sent is nowhere: a late edit of another tab changes nothing, and made again it is a create', () => {
  const made = { kind: 'create', patch: { name: 'Tent', size: 2 }, baseValues: {}, baseVersion: null, time: 1 } as const
  const removed = { kind: 'delete', patch: {}, baseValues: made.patch, baseVersion: null, time: 2 } as const
  const late = { kind: 'update', patch: { size: 3 }, baseValues: { size: 2 }, baseVersion: null, time: 3 } as const
  expect(squash([made, removed, late])).toBeNull()
  expect(squash([made, removed, late, removed])).toBeNull()
  expect(squash([made, removed, late, made, late])).toMatchObject({ kind: 'create', patch: { name: 'Tent', size: 3 } })
})
