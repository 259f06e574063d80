import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordedOf } from '../testing/builders.ts'
import { diffFields } from './diff.ts'
import type { Fields } from './json.ts'
import type { RecordedChange } from './types.ts'
import { inverse, repeat, type Turn } from './undo.ts'

type Screen = ReadonlyMap<string, Fields | null>

const showing = (screen: Screen) => ({ id }: { readonly id: string }) => screen.get(id) ?? null
const after = (screen: Screen, turns: readonly Turn[]): Screen => new Map([...screen, ...turns.map(({ id, after: fields }) => [id, fields] as const)])
const tent = (fields: Fields | null): Screen => new Map([['tent', fields]])
const update = (patch: Fields, baseValues: Fields) => recordedOf(1, { patch, baseValues })
const create = recordedOf(1, { kind: 'create', patch: { name: 'Tent' }, baseValues: {} })
const gone = recordedOf(1, { kind: 'delete', patch: {}, baseValues: { name: 'Tent' } })

test('[A6] an update goes back, and can be done again', () => {
  const changes = [update({ name: 'Big tent' }, { name: 'Tent' })]
  const back = inverse(changes, showing(tent({ name: 'Big tent', quantity: 1 })))
  expect(back).toEqual([{ collection: 'items', id: 'tent', before: { name: 'Big tent', quantity: 1 }, after: { name: 'Tent', quantity: 1 } }])
  expect(repeat(changes, showing(tent({ name: 'Tent', quantity: 1 })))).toMatchObject([{ after: { name: 'Big tent', quantity: 1 } }])
})

test('[A6] a field that somebody has edited since stays theirs, whichever way', () => {
  const changes = [update({ name: 'Big tent', packed: true }, { name: 'Tent', packed: false })]
  const theirs = tent({ name: 'Yurt', packed: true })
  expect(inverse(changes, showing(theirs))).toMatchObject([{ after: { name: 'Yurt', packed: false } }])
  expect(repeat(changes, showing(tent({ name: 'Yurt', packed: false })))).toMatchObject([{ after: { name: 'Yurt', packed: true } }])
})

test('[A6] what was made goes, what was removed comes back; neither where that is so already', () => {
  expect(inverse([create], showing(tent({ name: 'Tent', packed: true })))).toMatchObject([{ after: null }])
  expect(inverse([create], showing(tent(null)))).toEqual([])
  expect(inverse([gone], showing(tent(null)))).toMatchObject([{ before: null, after: { name: 'Tent' } }])
  expect(inverse([gone], showing(tent({ name: 'Yurt' })))).toEqual([])
  expect(repeat([create], showing(tent(null)))).toMatchObject([{ after: { name: 'Tent' } }])
  expect(repeat([create], showing(tent({ name: 'Yurt' })))).toEqual([])
  expect(repeat([gone], showing(tent({ name: 'Tent' })))).toMatchObject([{ after: null }])
  expect(repeat([gone], showing(tent(null)))).toEqual([])
})

test('[A6] an update of what is not there any more brings nothing back', () => {
  const changes = [update({ name: 'Big tent' }, { name: 'Tent' })]
  expect([...inverse(changes, showing(tent(null))), ...repeat(changes, showing(tent(null)))]).toEqual([])
})

test('[A6] a row that was removed and made anew in one step goes back to the old one, and forth to the new', () => {
  const changes = [gone, recordedOf(2, { kind: 'create', patch: { quantity: 2 }, baseValues: {} })]
  const back = inverse(changes, showing(tent({ quantity: 2 })))
  expect(back).toMatchObject([{ after: { name: 'Tent', quantity: null } }])
  expect(repeat(changes, showing(after(tent(null), back)))).toMatchObject([{ after: { name: null, quantity: 2 } }])
})

test('[A6] several changes of one entity go back as one', () => {
  const changes = [update({ name: 'B' }, { name: 'A' }), recordedOf(2, { patch: { name: 'C' }, baseValues: { name: 'B' } })]
  expect(inverse(changes, showing(tent({ name: 'C' })))).toMatchObject([{ after: { name: 'A' } }])
})

const anyFields = fc.record({ a: fc.nat(2), b: fc.nat(2), c: fc.constantFrom(null, 'x') }, { requiredKeys: [] })
const anyId = fc.constantFrom('cup', 'pan', 'pot')
/** A screen, one step of the user's on it, and the screen after that. */
const anyStep = fc
  .tuple(fc.uniqueArray(fc.tuple(anyId, anyFields), { selector: ([id]) => id }), fc.array(fc.tuple(anyId, fc.option(anyFields)), { maxLength: 8 }))
  .map(([start, edits]) => {
    const screen = new Map<string, Fields | null>(start)
    const changes: RecordedChange[] = []
    for (const [id, values] of edits) {
      const change = changeTo(screen.get(id) ?? null, values)
      if (change === null) continue
      changes.push(recordedOf(changes.length + 1, { id, ...change }))
      screen.set(id, values === null ? null : { ...screen.get(id), ...values })
    }
    return { start: new Map<string, Fields | null>(start), changes, end: screen }
  })

function changeTo(before: Fields | null, values: Fields | null): Partial<RecordedChange> | null {
  if (values === null) return before && { kind: 'delete', patch: {}, baseValues: before }
  if (before === null) return { kind: 'create', patch: values, baseValues: {} }
  const diff = diffFields(before, { ...before, ...values })
  return diff && { kind: 'update', ...diff }
}

/** Ids whose entity is not the same on both screens; a missing field and `null` mean the same. */
const differing = (one: Screen, other: Screen) =>
  ['cup', 'pan', 'pot'].filter((id) => {
    const [a, b] = [one.get(id) ?? null, other.get(id) ?? null]
    return a === null || b === null ? a !== b : diffFields(a, b) !== null
  })

test('[A6] where nobody else edited, an undo shows what was there before, and a redo what was there after', () => {
  fc.assert(
    fc.property(anyStep, ({ start, changes, end }) => {
      const undone = after(end, inverse(changes, showing(end)))
      expect(differing(undone, start)).toEqual([])
      const redone = after(undone, repeat(changes, showing(undone)))
      expect(differing(redone, end)).toEqual([])
      expect(differing(after(redone, inverse(changes, showing(redone))), start)).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('[A6] what turns nothing is left out, and what is told as before is what is seen', () => {
  fc.assert(
    fc.property(anyStep, ({ changes, end }) => {
      for (const { id, before, after: then } of inverse(changes, showing(end))) {
        expect(before).toEqual(end.get(id) ?? null)
        expect(then).not.toEqual(before)
      }
    }),
  )
})
