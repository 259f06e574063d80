import type { LogEntry } from '@stowaway/sync'
import { expect, test } from 'vitest'
import type { RootState } from '../store.ts'
import type { Telling } from '../sync-badge/describe.ts'
import { syncEn } from '../texts/sync-en.ts'
import { tripsEn } from '../texts/trips-en.ts'
import { entryInWords } from './entry-words.ts'

const none = { ids: [], entities: {} }
const state = { trips: none, people: none, tripRules: none, defaultRules: none, items: { ids: ['s'], entities: { s: { id: 's', name: 'Socks' } } } } as unknown as RootState
const telling: Telling = { state, texts: { ...tripsEn, ...syncEn } }

const entry = (given: Partial<LogEntry>): LogEntry => ({
  entryId: 'e', collection: 'items', id: 's', kind: 'update', user: 'ann', device: null, time: 0, patch: null, baseValues: null, status: 'done', ...given,
})

test.each([
  ['a change', entry({ patch: { quantity: 3, position: 7 } }), 'Changing Socks: quantity to 3'],
  ['a new name, by the old one', entry({ patch: { name: 'Warm socks' }, baseValues: { name: 'Socks' } }), 'Changing Socks: name to Warm socks'],
  ['something new', entry({ kind: 'create', id: 'x', patch: { name: 'Tent' } }), 'Adding Tent'],
  ['what is gone', entry({ kind: 'delete', id: 'x', baseValues: { name: 'Tent' } }), 'Removing Tent'],
  ['what is forgotten', entry({ kind: 'delete', id: 'x' }), 'Removing something'],
])('[G3] %s', (_, told, words) => {
  expect(entryInWords(told, telling)).toBe(words)
})
