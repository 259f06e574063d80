import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collectionsOf, rowOf } from '../testing/builders.ts'
import type { Collection } from './collection.ts'
import type { Fields } from './json.ts'
import { mergeFields, type MergeInput } from './merge.ts'
import { counter, max, min, set } from './policies-combine.ts'
import { firstWriteWins, lastWriteWins, localWins, manual, reject, remoteWins, type MergePolicy } from './policies.ts'
import { text } from './text-merge.ts'

const items = (policy: MergePolicy = lastWriteWins()) => collectionsOf({ mergeDefault: policy }).get('items')!

interface Sides {
  readonly base: Fields
  readonly local: Fields
  readonly remote: Fields
  readonly localTime?: number
  readonly remoteTime?: number
}

function inputOf({ base, local, remote, localTime = 2, remoteTime = 1 }: Sides): MergeInput {
  const edits = Object.fromEntries(Object.keys(remote).map((field) => [field, { by: 'ben', time: remoteTime }]))
  return { op: { kind: 'update', patch: local, baseValues: base }, row: rowOf({ fields: remote, version: 2 }), edits, localUser: 'ann', localTime }
}

const merged = (collection: Collection, input: MergeInput) => {
  const { patch, undecided } = mergeFields(collection, input)
  return { patch, undecided }
}

describe('[CO1] three-way, field by field', () => {
  test('where only the local side changed its value is left to send', () => {
    const input = inputOf({ base: { name: 'Tent' }, local: { name: 'Big tent' }, remote: { name: 'Tent', quantity: 3 } })
    expect(merged(items(remoteWins()), input)).toEqual({ patch: { name: 'Big tent' }, undecided: [] })
  })

  test('where only the remote side changed nothing is left to send', () => {
    const input = inputOf({ base: { name: 'Tent' }, local: { name: 'Tent' }, remote: { name: 'Igloo' } })
    expect(merged(items(localWins()), input)).toEqual({ patch: {}, undecided: [] })
  })

  test('the same value on both sides is no conflict, by value', () => {
    const input = inputOf({ base: { tags: ['a'] }, local: { tags: ['a', 'b'] }, remote: { tags: ['a', 'b'] } })
    expect(merged(items(manual()), input)).toEqual({ patch: {}, undecided: [] })
  })

  test('a field that is missing counts as null', () => {
    const input = inputOf({ base: {}, local: { notes: 'x' }, remote: {} })
    expect(merged(items(manual()), input)).toEqual({ patch: { notes: 'x' }, undecided: [] })
  })

  const value = fc.nat(2)
  test('disjoint edits lead to the same row, whoever comes first', () => {
    fc.assert(
      fc.property(fc.record({ a: value, b: value }), fc.record({ a: value }), fc.record({ b: value }), (base, left, right) => {
        const second = (first: Fields, local: Fields) => ({
          ...base,
          ...first,
          ...mergeFields(items(manual()), inputOf({ base, local, remote: { ...base, ...first } })).patch,
        })
        expect(second(left, right)).toEqual(second(right, left))
      }),
    )
  })
})

describe('[CO2] policies', () => {
  test('reject sets the local value aside', () => {
    const { patch, undecided, rejected } = mergeFields(items(reject()), inputOf(clash))
    expect([patch, undecided, rejected]).toEqual([{}, [], { name: 'Mine' }])
  })

  test('two +1 to the same value make two; for other policies the same value is no conflict', () => {
    const input = inputOf({ base: { quantity: 1 }, local: { quantity: 2 }, remote: { quantity: 2 } })
    expect(merged(items(counter()), input)).toEqual({ patch: { quantity: 3 }, undecided: [] })
    expect(merged(items(set()), input)).toEqual({ patch: {}, undecided: [] })
  })

  test('a policy of one’s own that breaks, or decides for what cannot be stored, leaves the field to a person', () => {
    const policies: MergePolicy[] = [
      () => {
        throw new Error('a bug of the app')
      },
      () => ({ take: 'value', value: Number.NaN }),
      () => undefined as never,
      () => ({ take: 'mine' }) as never,
    ]
    for (const policy of policies) {
      expect(merged(items(policy), inputOf(clash))).toMatchObject({ patch: {}, undecided: [{ field: 'name', local: 'Mine', remote: 'Theirs' }] })
    }
  })

  const clash = { base: { name: 'Tent' }, local: { name: 'Mine' }, remote: { name: 'Theirs' } }
  const left = (policy: MergePolicy, [localTime, remoteTime]: [number, number]) =>
    mergeFields(items(policy), inputOf({ ...clash, localTime, remoteTime })).patch['name'] ?? 'Theirs'

  test.each([
    ['lastWriteWins', lastWriteWins(), [2, 1], 'Mine'],
    ['lastWriteWins', lastWriteWins(), [1, 2], 'Theirs'],
    ['lastWriteWins', lastWriteWins(), [1, 1], 'Theirs'],
    ['firstWriteWins', firstWriteWins(), [1, 2], 'Mine'],
    ['firstWriteWins', firstWriteWins(), [2, 1], 'Theirs'],
    ['firstWriteWins', firstWriteWins(), [1, 1], 'Theirs'],
    ['localWins', localWins(), [1, 2], 'Mine'],
    ['remoteWins', remoteWins(), [2, 1], 'Theirs'],
    ['a function', ({ local, remote }) => ({ take: 'value', value: JSON.stringify([local, remote]) }), [1, 2], '["Mine","Theirs"]'],
    ['a function that takes what the server has', ({ remote }) => ({ take: 'value', value: remote }), [2, 1], 'Theirs'],
  ] satisfies [string, MergePolicy, [number, number], string][])('%s', (...[, policy, times, winner]) => {
    expect(left(policy, times)).toBe(winner)
  })

  test('manual asks, with the values of all three sides and who changed it', () => {
    const { patch, undecided } = mergeFields(items(manual()), inputOf({ ...clash, remoteTime: 7 }))
    expect(patch).toEqual({})
    expect(undecided).toEqual([{ field: 'name', base: 'Tent', local: 'Mine', remote: 'Theirs', remoteEdit: { by: 'ben', time: 7 } }])
  })

  test('a field has its own policy before that of the collection', () => {
    const collection = collectionsOf({ mergeDefault: remoteWins(), merge: { name: localWins() } }).get('items')!
    const both = { base: { name: 'a', notes: 'a' }, local: { name: 'b', notes: 'b' }, remote: { name: 'c', notes: 'c' } }
    expect(mergeFields(collection, inputOf(both)).patch).toEqual({ name: 'b' })
  })

  test('a field may have any name', () => {
    const edited = inputOf({ base: { constructor: 'a' }, local: { constructor: 'b' }, remote: { constructor: 'c' } })
    expect(merged(items(localWins()), { ...edited, edits: {} })).toEqual({ patch: { constructor: 'b' }, undecided: [] })
    const input = inputOf({ base: {}, local: { constructor: 'b' }, remote: {} })
    expect(merged(items(remoteWins()), input)).toEqual({ patch: { constructor: 'b' }, undecided: [] })
  })

  test('an edit of unknown time lost by lastWriteWins is older than any', () => {
    expect(mergeFields(items(), { ...inputOf({ ...clash, localTime: 1 }), edits: {} }).patch).toEqual({ name: 'Mine' })
  })
})

const careful = (threshold: number) => collectionsOf({ threshold, merge: { quantity: counter() } }).get('items')!

describe('[CO4] a decision that gives one side up', () => {
  const sides = { base: { name: 'Tent', notes: null, quantity: 1 }, local: { name: 'Mine', notes: 'x', quantity: 2 }, remote: { name: 'Theirs', quantity: 4 } }
  const minute = 60_000

  test('with less confidence than the threshold is left to a person; what one side changed, and sums, go on', () => {
    const { patch, undecided, weight, kind } = mergeFields(careful(0.5), inputOf({ ...sides, localTime: minute, remoteTime: 0 }))
    expect(patch).toEqual({ notes: 'x', quantity: 5 })
    expect(undecided).toEqual([{ field: 'name', base: 'Tent', local: 'Mine', remote: 'Theirs', remoteEdit: { by: 'ben', time: 0 } }])
    expect(weight.confidence).toBeLessThan(0.5)
    expect([kind, weight.severity]).toEqual(['edit-edit', 'medium'])
  })

  test('with enough confidence is made', () => {
    expect(merged(careful(0.5), inputOf({ ...sides, localTime: 60 * minute, remoteTime: 0 }))).toEqual({ patch: { name: 'Mine', notes: 'x', quantity: 5 }, undecided: [] })
  })

  test('without a threshold is always made', () => {
    expect(merged(careful(0), inputOf({ ...sides, localTime: 0, remoteTime: 0 }))).toEqual({ patch: { notes: 'x', quantity: 5 }, undecided: [] })
  })

  test('two creates of one id are told as such', () => {
    const input = inputOf({ base: {}, local: { name: 'Mine' }, remote: { name: 'Theirs' } })
    expect(mergeFields(items(), { ...input, op: { ...input.op, kind: 'create' } })).toMatchObject({ kind: 'create-create' })
  })
})

test('[CO3] same inputs, same answer, and the inputs stay as they were', () => {
  const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(fc.nat(2), fc.array(fc.nat(1)), fc.string({ maxLength: 3 }), fc.constant(null)))
  const policies = fc.constantFrom(...[lastWriteWins, firstWriteWins, localWins, remoteWins, manual, reject, counter, set, max, min, text].map((make) => make()))
  fc.assert(
    fc.property(fc.record({ base: fields, local: fields, remote: fields, localTime: fc.nat(3) }), policies, (sides, policy) => {
      const { remote } = sides
      const input = inputOf(sides)
      const copy = structuredClone(input)
      const answer = mergeFields(items(policy), input)
      expect(mergeFields(items(policy), copy)).toEqual(answer)
      expect(input).toEqual(copy)
      // Merged once, what is left does not disagree with the server's row any more.
      const again = inputOf({ ...sides, base: remote, local: answer.patch })
      expect(merged(items(policy), again)).toEqual({ patch: answer.patch, undecided: [] })
    }),
  )
})

test('[CO5] what a policy decided is told with both values and what came out, whichever way it decided', () => {
  const collection = collectionsOf({ merge: { quantity: counter(), name: localWins() } }).get('items')!
  const op = { kind: 'update', patch: { quantity: 3, name: 'Mine' }, baseValues: { quantity: 1, name: 'Tent' } } as const
  const row = rowOf({ fields: { quantity: 5, name: 'Theirs' } })
  const { decided, patch } = mergeFields(collection, { op, row, edits: {}, localUser: 'ann', localTime: 0 })
  expect(patch).toEqual({ quantity: 7, name: 'Mine' })
  expect(decided.map(({ field, local, remote, kept }) => [field, local, remote, kept])).toEqual([['quantity', 3, 5, 7], ['name', 'Mine', 'Theirs', 'Mine']])
})
