import { describe, expect, test } from 'vitest'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { pageOf } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import type { Network, NetworkEvent } from './ports.ts'
import type { LineHints } from '../core/pace.ts'

/** A device without realtime, whose network says what it is told to. */
async function deviceOn(hints: LineHints) {
  let [isHidden, told] = [false, hints]
  const listeners = new Set<(event: NetworkEvent) => void>()
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
  const tell = (next: LineHints) => {
    told = next
    for (const listener of listeners) listener('line')
  }
  return { ...device, polls, see, tell }
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

describe('[C8] how the server is within reach is told in the slice', () => {
  test('by what the browser tells of its line, and when that changes', async () => {
    const device = await deviceOn({ effectiveType: '2g' })
    expect(device.state().reach).toBe('poor')
    const { length } = device.server.pulls
    device.tell({ effectiveType: '4g' })
    expect(device.state().reach).toBe('online')
    await device.environment.settle()
    expect(device.server.pulls).toHaveLength(length)
  })

  test('by how long requests take, also where the browser tells nothing', async () => {
    const device = await deviceOn({})
    device.server.onPull = () => new Promise((resolve) => device.environment.setTimer(() => resolve(pageOf()), 9_000))
    await device.environment.advance(60_000)
    expect(device.state().reach).toBe('poor')
    device.server.onPull = () => Promise.resolve(pageOf())
    await device.environment.advance(160_000)
    expect(device.state().reach).toBe('online')
  })

  test('and without a network, from the start or later, until it is back', async () => {
    const { network, state, environment } = await openTestEngine({ online: false })
    expect(state().reach).toBe('offline')
    network('online')
    await environment.settle()
    expect(state().reach).toBe('online')
    network('offline')
    expect(state().reach).toBe('offline')
  })
})
