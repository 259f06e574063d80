import { expect, test } from 'vitest'
import { describeStatus, initialSyncState, statusOf, type SyncState } from './status.ts'

const idle: SyncState = { ...initialSyncState, user: 'ann', phase: 'idle' }
const asked = { conflicts: [{}], rejected: [{}] } as unknown as Partial<SyncState>

test.each([
  ['opening', { phase: 'starting', pending: 2 }],
  ['needs you', { ...asked, paused: ['signed-out'], pending: 2 }],
  ['2 waiting, sign in', { paused: ['offline', 'signed-out'], pending: 2 }],
  ['sign in to sync', { paused: ['signed-out'] }],
  ['1 not safe on this device yet', { durable: false, paused: ['offline'], pending: 1 }],
  ['3 waiting, offline', { paused: ['offline'], phase: 'paused', pending: 3 }],
  ['all saved, offline', { paused: ['offline'], phase: 'paused' }],
  ['syncing', { phase: 'pushing', pending: 1 }],
  ['syncing', { phase: 'pulling', pending: 1 }],
  ['all saved', { phase: 'pulling' }],
  ['1 waiting, trying again', { phase: 'retrying', pending: 1 }],
  ['cannot sync now, trying again', { phase: 'retrying' }],
  ['1 waiting, trying again', { phase: 'pushing', health: 'degraded', pending: 1 }],
  ['cannot sync now, trying again', { phase: 'pulling', health: 'failed' }],
  ['4 waiting', { health: 'degraded', pending: 4 }],
  ['4 waiting', { pending: 4 }],
  ['all saved', {}],
] satisfies [string, Partial<SyncState>][])('[RX4] "%s"', (text, state) => {
  expect(describeStatus(statusOf({ ...idle, ...state }))).toBe(text)
})

test.each([
  ['syncing, poor connection', { phase: 'pushing', pending: 1 }],
  ['4 waiting, poor connection', { pending: 4 }],
  ['1 waiting, trying again, poor connection', { phase: 'retrying', pending: 1 }],
  ['all saved', {}],
  ['2 waiting, sign in', { paused: ['signed-out'], pending: 2 }],
] satisfies [string, Partial<SyncState>][])('[C8] on a poor line: "%s"', (text, state) => {
  expect(describeStatus(statusOf({ ...idle, ...state }), 'poor')).toBe(text)
})

test('[ID4] of nobody nothing is said to be saved: between two users, their data are not open', () => {
  expect(statusOf({ ...initialSyncState, phase: 'idle' })).toEqual({ kind: 'starting' })
  expect(statusOf({ ...initialSyncState, phase: 'paused', paused: ['signed-out'], pending: 2 })).toEqual({ kind: 'sign-in', pending: 2 })
})

test('[RX4] what needs a person is counted', () => {
  expect(statusOf({ ...idle, ...asked })).toEqual({ kind: 'needs-you', count: 2 })
})
