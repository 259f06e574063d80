import { expect, test } from 'vitest'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import type { Network } from './ports.ts'
import type { LineHints } from '../core/pace.ts'

/** A device without realtime, whose network says what it is told to. */
async function deviceOn(hints: LineHints) {
  let [isHidden, told] = [false, hints]
  const listeners = new Set<(event: 'focus') => void>()
  const network: Network = { online: () => true, hints: () => told, isHidden: () => isHidden, subscribe: (listener) => (listeners.add(listener), () => listeners.delete(listener)) }
  const environment = fakeEnvironment()
  const device = await openTestEngine({ environment, parts: { network } })
  const polls = async (milliseconds: number) => {
    const { length } = device.server.pulls
    await environment.advance(milliseconds)
    return device.server.pulls.length - length
  }
  const see = (seen: boolean) => {
    isHidden = !seen
    if (seen) for (const listener of listeners) listener('focus')
  }
  return { ...device, polls, see, tell: (next: LineHints) => (told = next) }
}

test('[C13] nothing is polled while nobody sees the app; who comes back sees the news at once', async () => {
  const device = await deviceOn({})
  expect(await device.polls(60_000)).toBeGreaterThan(5)
  device.see(false)
  // The one that was due already.
  await device.polls(10_000)
  expect(await device.polls(3_600_000)).toBe(0)
  device.see(true)
  expect(await device.polls(100)).toBe(1)
})

test('[C13] what is edited while nobody looks is sent all the same', async () => {
  const device = await deviceOn({})
  device.see(false)
  device.edit(undefined, { tripId: 'lakes', name: 'Tent' })
  await device.environment.advance(1_000)
  expect(device.server.pushes).toHaveLength(1)
})

test('[C8] where data are to be saved it polls half as often', async () => {
  const usual = await (await deviceOn({})).polls(160_000)
  const saving = await (await deviceOn({ saveData: true })).polls(160_000)
  expect(Math.abs(usual - 2 * saving)).toBeLessThanOrEqual(2)
})

test('[C8] on a poor line a batch is smaller, and the rest follows', async () => {
  const device = await deviceOn({ effectiveType: '2g' })
  const edits = Array.from({ length: 450 }, (_, index) => ({ collection: 'items', id: `item-${index}`, before: undefined, after: { tripId: 'lakes', name: 'Tent' } }))
  device.engine.record({ edits, atomic: false })
  await device.environment.advance(5_000)
  expect(device.server.pushes).toHaveLength(3)
  expect(new Set(device.server.pushes.flat().map(({ id }) => id)).size).toBe(450)
})
