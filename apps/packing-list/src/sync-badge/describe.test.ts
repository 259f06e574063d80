import type { Conflict } from '@stowaway/sync'
import { expect, test } from 'vitest'
import type { RootState } from '../store.ts'
import { describeChanges, valueInWords } from './describe.ts'

const state = {
  trips: { ids: [], entities: {} },
  people: { ids: ['ana'], entities: { ana: { id: 'ana', name: 'Ana' } } },
  items: { ids: ['socks'], entities: { socks: { id: 'socks', name: 'Socks' } } },
} as unknown as RootState

type Kind = Conflict['changes'][number]['kind']

const waiting = (...changes: [Kind, object, object][]) => ({
  collection: 'items',
  id: 'socks',
  changes: changes.map(([kind, patch, baseValues]) => ({ kind, patch, baseValues })) as unknown as Conflict['changes'],
})

test('a refused change is told with the name and the values that the person knows', () => {
  const changes = waiting(['update', { quantity: 2 }, { quantity: 1 }], ['update', { quantity: 3, personId: 'ana' }, {}])
  expect(describeChanges(state, changes)).toBe('Changing Socks: quantity to 3, person to Ana')
})

test('a refused new item is on no screen: its name stands in the change', () => {
  const changes = { ...waiting(['create', { name: 'Towel' }, {}], ['update', { packed: true }, {}]), id: 'towel' }
  expect(describeChanges(state, changes)).toBe('Adding Towel')
})

test('a removal is told as one, whatever came before it', () => {
  expect(describeChanges(state, waiting(['update', { packed: true }, {}], ['delete', {}, { name: 'Socks' }]))).toBe('Removing Socks')
})

test.each([
  ['packed', true, 'yes'],
  ['packed', false, 'no'],
  ['quantity', 0, '0'],
  ['category', null, 'none'],
  ['personId', null, 'everybody'],
  ['personId', 'ana', 'Ana'],
  ['personId', 'removed', 'something'],
])('%s %s is told as "%s"', (field, value, words) => {
  expect(valueInWords(state, field, value)).toBe(words)
})
