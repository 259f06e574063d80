import { expect, test } from 'vitest'
import type { SyncEvent } from '../core/events.ts'
import { Keeping } from './keeping.ts'

const opened = (user: string | null): SyncEvent => ({ type: 'opened', user, pending: 0, storage: null })
const stored: SyncEvent = { type: 'changeStored', pending: 1 }

/** A browser that answers so, and what was told of it. */
function keepingWith(answer: () => Promise<boolean>) {
  const told: SyncEvent[] = []
  const calls: string[] = []
  const keepData = {
    isKept: () => (calls.push('look'), Promise.resolve(false)),
    ask: () => (calls.push('ask'), answer()),
  }
  return { told, calls, keeping: new Keeping(keepData, (event) => told.push(event)) }
}

test('it asks once a signed-in user has something to lose, and tells the answer', async () => {
  const { told, calls, keeping } = keepingWith(() => Promise.resolve(true))
  keeping.hear(stored)
  keeping.hear(opened('ann'))
  expect(calls).toEqual(['look'])
  keeping.hear(stored)
  keeping.hear(stored)
  expect(calls).toEqual(['look', 'ask'])
  await expect.poll(() => told).toEqual([{ type: 'keepingTold', kept: false }, { type: 'keepingTold', kept: true }])
})

test('a guest is not bothered; when they sign in it is asked', () => {
  const { calls, keeping } = keepingWith(() => Promise.resolve(true))
  keeping.hear(opened(null))
  keeping.hear(stored)
  expect(calls).toEqual(['look'])
  keeping.hear(opened('ann'))
  keeping.hear(stored)
  expect(calls).toEqual(['look', 'look', 'ask'])
})

test('a browser that refuses to say keeps nothing, and breaks nothing', async () => {
  const { told, keeping } = keepingWith(() => Promise.reject(new Error('insecure')))
  keeping.hear(opened('ann'))
  keeping.hear(stored)
  await expect.poll(() => told).toEqual([{ type: 'keepingTold', kept: false }, { type: 'keepingTold', kept: false }])
})
