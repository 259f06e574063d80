import { describe, expect, test } from 'vitest'
import type { Priority } from '../core/collection.ts'
import { openAfter } from '../core/breaker.ts'
import { collectionsOf, recordsIn } from '../testing/builders.ts'
import type { FakeEnvironment } from '../testing/fake-environment.ts'
import { applied, pageOf, pushResult, scriptedServer, type ScriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine, type TestEngineParts } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'
import { TransportError } from './ports.ts'

const tent = { tripId: 'lakes', name: 'Tent' }
const down = (retryAfter?: number) => new TransportError('down', { kind: 'server', code: '503', status: 503, retryAfter })

/** A server that is down until `up`. What was asked of it is told, with the milliseconds since the start. */
function mortalServer() {
  const server = scriptedServer()
  const asked: { at: number; what: 'push' | 'pull' | 'probe' }[] = []
  let clock: Pick<FakeEnvironment, 'now'> | null = null
  let start = 0
  let isDown = true
  const answer = <T>(what: 'push' | 'pull' | 'probe', value: T): Promise<T> => {
    asked.push({ at: clock === null ? 0 : clock.now() - start, what })
    return isDown ? Promise.reject(down()) : Promise.resolve(value)
  }
  server.onPush = ({ ops }) => answer('push', pushResult(ops.map(applied)))
  server.onPull = ({ cursors, only }) => answer(only && Object.keys(cursors ?? {}).length === 0 ? 'probe' : 'pull', pageOf())
  const follow = ({ environment }: TestEngine) => {
    clock = environment
    start = environment.now()
  }
  return { server, asked, follow, up: () => (isDown = false), fall: () => (isDown = true) }
}

const whats = (asked: readonly { what: string }[]) => asked.map(({ what }) => what)

async function failing(given: TestEngineParts = {}) {
  const mortal = mortalServer()
  const device = await openTestEngine({ server: mortal.server, ...given })
  mortal.follow(device)
  device.edit(undefined, tent)
  await device.environment.advance(60_000)
  return { device, ...mortal }
}

describe('[C7] a server that is down', () => {
  test('after five failures is only probed, by the smallest pull there is', async () => {
    const { asked, device } = await failing()
    expect(whats(asked.slice(0, openAfter))).not.toContain('probe')
    expect(asked.length).toBeGreaterThan(openAfter + 3)
    expect(new Set(whats(asked.slice(openAfter)))).toEqual(new Set(['probe']))
    expect(device.server.pulls.at(-1)).toEqual({ user: 'ann', cursors: {}, etag: null, only: true })
  })

  test('a probe that gets through lets the real request through at once', async () => {
    const { asked, device, up } = await failing()
    const before = asked.length
    up()
    await device.environment.advance(8_000)
    expect(whats(asked.slice(before, before + 3))).toEqual(['probe', 'push', 'pull'])
    expect(new Set(asked.slice(before, before + 3).map(({ at }) => at)).size).toBe(1)
    expect(device.state()).toMatchObject({ pending: 0, health: 'healthy', lastError: null })
  })

  test('where the request after it fails again, probes begin again', async () => {
    const { asked, device } = await failing()
    const before = asked.length
    device.server.onPull = ({ only }) => {
      asked.push({ at: 0, what: only ? 'probe' : 'pull' })
      return only ? Promise.resolve(pageOf()) : Promise.reject(down())
    }
    await device.environment.advance(30_000)
    const later = whats(asked.slice(before))
    // A pull that is due goes before a push that fails: so each is tried in turn.
    expect(later.slice(0, 4)).toEqual(['probe', 'push', 'probe', 'pull'])
    expect(device.state().health).toBe('failed')
  })

  test('health is told as it changes, and only then', async () => {
    const { device, up } = await failing()
    up()
    await device.environment.advance(10_000)
    const told = device.events.flatMap((event) => (event.type === 'healthChanged' ? [event.health] : []))
    expect(told).toEqual(['degraded', 'failed', 'healthy'])
  })

  test('no wait is longer than 8 s, so that a device is in step within 10 s of its return', async () => {
    const { asked, device, up } = await failing()
    const gaps = asked.slice(1).map(({ at }, index) => at - asked[index]!.at)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(8_000)
    up()
    await device.environment.advance(10_000)
    expect(device.state().pending).toBe(0)
  })

  test('news of the network ends the wait, with a probe', async () => {
    const { asked, device, up } = await failing()
    const before = asked.length
    up()
    device.network('online')
    await device.environment.settle()
    expect(whats(asked.slice(before))).toEqual(['probe', 'push', 'pull'])
    expect(device.state().pending).toBe(0)
  })

  test('a restart begins with a probe, not with a push', async () => {
    const storage = memoryStorage()
    const { device, server, asked } = await failing({ storage })
    await device.engine.close()
    const before = asked.length
    const restarted = await openTestEngine({ storage, server, environment: device.environment })
    await restarted.environment.advance(20_000)
    expect(asked.length).toBeGreaterThan(before)
    expect(new Set(whats(asked.slice(before)))).toEqual(new Set(['probe']))
  })

  test('once it is well again, that is written down too', async () => {
    const storage = memoryStorage()
    const { device, up } = await failing({ storage })
    up()
    await device.environment.advance(10_000)
    expect((await recordsIn(storage)).get('breaker')).toEqual({ failures: 0, wait: null })
  })
})

async function patient(server: ScriptedServer): Promise<TestEngine> {
  const device = await openTestEngine({ server })
  server.onPush = () => Promise.reject(down(60_000))
  device.edit(undefined, tent)
  await device.environment.advance(100)
  return device
}

describe('[C6] a server that says how long to wait', () => {
  test('is obeyed, also when the network returns meanwhile and when the user asks', async () => {
    const server = scriptedServer()
    const device = await patient(server)
    const before = [server.pushes.length, server.pulls.length]
    device.network('online')
    device.engine.syncNow()
    await device.environment.advance(59_000)
    expect([server.pushes.length, server.pulls.length]).toEqual(before)
    server.onPush = ({ ops }) => Promise.resolve(pushResult(ops.map(applied)))
    await device.environment.advance(1_100)
    expect(device.state().pending).toBe(0)
  })
})

const urgent = (priority: Priority) => collectionsOf({ priority })

describe('[B2] how patient it is hangs on the most urgent change on its way', () => {
  test.each([
    ['critical', 188],
    ['high', 375],
    ['normal', 375],
    ['low', 750],
  ] as const)('%s: %d ms before the second attempt', async (priority, wait) => {
    const device = await openTestEngine({ collections: urgent(priority) })
    const sentAt: number[] = []
    device.server.onPush = () => {
      sentAt.push(device.environment.now())
      return Promise.reject(down())
    }
    device.engine.record({ edits: [{ collection: 'items', id: 'tent', before: undefined, after: tent }], atomic: false })
    await device.environment.advance(1_000)
    expect(sentAt[1]! - sentAt[0]!).toBe(wait)
  })

  test('in a mixed batch the most urgent one decides', async () => {
    const device = await openTestEngine({ collections: urgent('critical') })
    const sentAt: number[] = []
    device.server.onPush = () => {
      sentAt.push(device.environment.now())
      return Promise.reject(down())
    }
    const people = { collection: 'people', id: 'ann', before: undefined, after: { tripId: 'lakes' } }
    device.engine.record({ edits: [people, { collection: 'items', id: 'tent', before: undefined, after: tent }], atomic: false })
    await device.environment.advance(1_000)
    expect(sentAt[1]! - sentAt[0]!).toBe(188)
  })
})

test('pulls go on while pushes fail, and do not make it well', async () => {
  const device = await openTestEngine()
  device.server.onPush = () => Promise.reject(down())
  device.edit(undefined, tent)
  await device.environment.advance(1_000)
  const before = device.server.pulls.length
  await device.environment.advance(60_000)
  expect(device.server.pulls.length).toBeGreaterThan(before + 3)
  expect(device.server.pulls.filter(({ only }) => !only).length).toBeGreaterThan(3)
  expect(device.state().health).not.toBe('healthy')
  expect(device.state()).toMatchObject({ pending: 1, rejected: [] })
})
