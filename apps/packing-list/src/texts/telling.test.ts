import type { Conflict, LogEntry, Resolution } from '@stowaway/sync'
import { expect, test } from 'vitest'
import type { RootState } from '../store.ts'
import { accountEn } from './account-en.ts'
import { syncEn } from './sync-en.ts'
import { tripsEn } from './trips-en.ts'
import { decisionInWords, describeChanges, entryInWords, userName, valueInWords } from './telling.ts'

const state = {
  sync: { user: 'ann' },
  tripMembers: { ids: ['m'], entities: { m: { id: 'm', userId: 'ben', name: 'Ben' } } },
  tripDays: { ids: ['d'], entities: { d: { id: 'd', day: '2026-07-01' } } },
  tripRules: { ids: [], entities: {} },
  defaultRules: { ids: [], entities: {} },
  trips: { ids: [], entities: {} },
  people: { ids: ['ana'], entities: { ana: { id: 'ana', name: 'Ana' } } },
  items: { ids: ['socks'], entities: { socks: { id: 'socks', name: 'Socks' } } },
} as unknown as RootState
const telling = { state, texts: { ...tripsEn, ...syncEn, ...accountEn } }

type Kind = Conflict['changes'][number]['kind']

const waiting = (...changes: [Kind, object, object][]) => ({
  collection: 'items',
  id: 'socks',
  changes: changes.map(([kind, patch, baseValues]) => ({ kind, patch, baseValues })) as unknown as Conflict['changes'],
})

test('a refused change is told with the name and the values that the person knows', () => {
  const changes = waiting(['update', { quantity: 2 }, { quantity: 1 }], ['update', { quantity: 3, personId: 'ana' }, {}])
  expect(describeChanges(changes, telling)).toBe('Changing Socks: quantity to 3, person to Ana')
})

test('a refused new item is on no screen: its name stands in the change', () => {
  const changes = { ...waiting(['create', { name: 'Towel' }, {}], ['update', { packed: true }, {}]), id: 'towel' }
  expect(describeChanges(changes, telling)).toBe('Adding Towel')
})

test('a removal is told as one, whatever came before it', () => {
  expect(describeChanges(waiting(['update', { packed: true }, {}], ['delete', {}, { name: 'Socks' }]), telling)).toBe('Removing Socks')
})

test.each([
  ['packed', true, 'yes'],
  ['packed', false, 'no'],
  ['quantity', 0, '0'],
  ['category', null, 'none'],
  ['category', 'Clothes', 'Clothes'],
  ['personId', null, 'everybody'],
  ['personId', 'ana', 'Ana'],
  ['conditions', ['cold', 'windy'], 'cold, windy'],
  ['conditions', [], 'none'],
  ['personId', 'removed', 'something'],
])('%s %s is told as "%s"', (field, value, words) => {
  expect(valueInWords(field, value, telling)).toBe(words)
})

test('members are told by name, oneself as such', () => {
  expect(['ann', 'ben', 'gone', null].map((user) => userName(user, telling))).toEqual(['You', 'Ben', 'Somebody', 'Somebody'])
})

const entry = (given: Partial<LogEntry>): LogEntry => ({
  entryId: 'e', collection: 'items', id: 'socks', kind: 'update', user: 'ann', device: null, time: 0, patch: null, baseValues: null, status: 'done', ...given,
})

test.each([
  ['a change', entry({ patch: { quantity: 3, position: 7 } }), 'Changing Socks: quantity to 3'],
  ['a new name, by the old one', entry({ patch: { name: 'Warm socks' }, baseValues: { name: 'Socks' } }), 'Changing Socks: name to Warm socks'],
  ['something new', entry({ kind: 'create', id: 'x', patch: { name: 'Tent' } }), 'Adding Tent'],
  ['what is gone', entry({ kind: 'delete', id: 'x', baseValues: { name: 'Tent' } }), 'Removing Tent'],
  ['what somebody may do', entry({ collection: 'tripMembers', id: 'm', patch: { role: 'viewer' } }), 'Changing Ben: role to can look'],
  ['a day', entry({ collection: 'tripDays', id: 'd', patch: { weather: 'rain' } }), 'Changing 2026-07-01: weather to rain'],
  ['what is forgotten', entry({ kind: 'delete', id: 'x' }), 'Removing something'],
])('[G3] %s', (_, told, words) => {
  expect(entryInWords(told, telling)).toBe(words)
})

const decided = (given: Partial<Resolution>): Resolution => ({
  resolutionId: 'r', collection: 'items', id: 'socks', scope: 't', kind: 'edit-edit', decidedBy: 'policy', user: 'ann', time: 0, fields: [], outcome: { is: 'kept' }, ...given,
})
const notes = { field: 'notes', base: null, local: 'red', remote: null, kept: 'red' } as unknown as Resolution['fields'][number]

test.each([
  ['the values that stay', decided({ fields: [notes] }), 'Changing Socks: notes to red'],
  ['that somebody’s removal goes before an edit', decided({ id: 'tent', kind: 'edit-delete', fields: [notes], outcome: { is: 'deleted', row: { name: 'Tent' } } }), 'Removing Tent'],
  ['that it stays in spite of a removal', decided({ kind: 'delete-edit', fields: [notes] }), 'Keeping Socks'],
])('[CO5] a decision tells %s', (_, decision, words) => {
  expect(decisionInWords(decision, telling)).toBe(words)
})
