import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { StorageError } from '../core/storage-error.ts'
import { recordsIn, rowOf } from '../testing/builders.ts'
import { pageOf, scriptedServer } from '../testing/scripted-server.ts'
import { gate } from '../testing/gate.ts'
import { tabsOfOneProcess } from '../testing/tabs-of-one-process.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'
import type { Storage } from './ports.ts'
import { Replica } from './replica.ts'
import { Room, withoutReadmitted } from './room.ts'

/** A device with room for so many records. A write of deletes alone always succeeds. */
function smallStorage() {
  const inner = memoryStorage()
  const device = { room: Infinity }
  const storage: Storage = {
    ...inner,
    commit: async (write) => {
      const held = new Set((await inner.readAll()).map(([key]) => key))
      for (const [key] of write.puts ?? []) held.add(key)
      for (const key of write.deletes ?? []) held.delete(key)
      const asked = (write.puts?.length ?? 0) + (write.append?.length ?? 0)
      if (asked > 0 && held.size + (write.append?.length ?? 0) > device.room) throw new StorageError('full', 'There is no room left.')
      return inner.commit(write)
    },
  }
  return { inner, storage, device }
}

const scopes = ['alps', 'coast', 'lakes']
/** A server that sends what a device does not have of three scopes. */
function serverOfScopes() {
  const server = scriptedServer()
  server.onPull = ({ cursors }) => {
    const anew = scopes.filter((scope) => (cursors?.[scope] ?? '0') === '0')
    return Promise.resolve(pageOf({ cursors: Object.fromEntries(scopes.map((scope) => [scope, '1'])), rows: anew.map((scope) => rowOf({ id: `tent-${scope}`, scope, fields: { tripId: scope, name: 'Tent' } })) }))
  }
  return server
}

const scopesStored = (records: ReadonlyMap<string, unknown>): string[] => [...records.keys()].filter((key) => key.startsWith('page/')).map((key) => key.split('/')[2]!)
const edit = (engine: { record: (step: { edits: { collection: string; id: string; before: object; after: object }[]; atomic: boolean }) => void }, scope: string, name: string) =>
  engine.record({ edits: [{ collection: 'items', id: `tent-${scope}`, before: { tripId: scope, name: 'Tent' }, after: { tripId: scope, name } }], atomic: false })

describe('[ST2] on a full device', () => {
  test('clean scopes make room for what waits, and stay on screen; one in which something waits is never given up', async () => {
    const { inner, storage, device } = smallStorage()
    const { engine, environment, network, shown, state } = await openTestEngine({ storage, server: serverOfScopes() })
    await environment.advance(10_000)
    network('offline')
    edit(engine, 'alps', 'Big tent')
    await environment.settle()
    device.room = (await inner.readAll()).length
    edit(engine, 'coast', 'Small tent')
    await environment.settle()
    expect(state()).toMatchObject({ pending: 2, durable: true, storage: null, evicted: ['lakes'] })
    expect(scopesStored(await recordsIn(inner))).toEqual(['alps', 'coast'])
    expect(shown('items', 'tent-lakes')?.['name']).toBe('Tent')

    // Nothing clean is left: it is told, and waits in memory.
    device.room = 1
    edit(engine, 'alps', 'Biggest tent')
    await environment.settle()
    expect(state()).toMatchObject({ pending: 3, durable: false, storage: 'full', evicted: ['lakes'] })
    device.room = Infinity
    await environment.advance(10_000)
    expect(state()).toMatchObject({ pending: 3, durable: true, storage: null })
  })

  test('[TB2] what gave way stays on screen when the tab reads what is stored, and what the leader writes while room is made is written in the term of after', async () => {
    const { inner, storage, device } = smallStorage()
    const tabs = tabsOfOneProcess()
    const [marking, marked] = [gate(), gate()]
    let isHeld = false
    const slow: Storage = {
      ...storage,
      commit: async (write) => {
        if (isHeld && write.term === 'next') {
          marking.open()
          await marked.passed
        }
        return storage.commit(write)
      },
    }
    const { engine, environment, network, shown, state } = await openTestEngine({ storage: slow, server: serverOfScopes(), parts: { openTabs: tabs.open } })
    await environment.advance(10_000)
    network('offline')
    edit(engine, 'alps', 'Big tent')
    edit(engine, 'coast', 'Big tent')
    await environment.settle()
    device.room = (await inner.readAll()).length
    isHeld = true
    edit(engine, 'alps', 'Bigger tent')
    await marking.passed
    const held = engine.hold('people')
    await environment.settle()
    marked.open()
    await held
    await environment.settle()
    expect(state()).toMatchObject({ pending: 3, durable: true, evicted: ['lakes'], held: ['people'], paused: ['offline'] })
    tabs.controls[0]!.miss('unknown')
    await environment.settle()
    expect(shown('items', 'tent-lakes')?.['name']).toBe('Tent')
  })

  test('of the clean ones that goes first in which nothing was done for longest', async () => {
    const { inner, storage, device } = smallStorage()
    const { engine, environment, state } = await openTestEngine({ storage, server: serverOfScopes() })
    await environment.advance(10_000)
    for (const scope of ['coast', 'alps']) {
      edit(engine, scope, 'Big tent')
      await environment.advance(10_000)
    }
    expect(state().pending).toBe(0)
    const told = () => state().evicted
    for (const expected of [['lakes'], ['coast', 'lakes']]) {
      device.room = (await inner.readAll()).length
      engine.pause('user')
      edit(engine, 'alps', `Tent ${expected.length}`)
      await environment.settle()
      expect(told()).toEqual(expected)
    }
  })

  test('of a scope that was given up nothing is stored in part: at the next start it is fetched whole, and stored where there is room', async () => {
    const { inner, storage, device } = smallStorage()
    const server = serverOfScopes()
    const first = await openTestEngine({ storage, server })
    await first.environment.advance(10_000)
    first.network('offline')
    edit(first.engine, 'alps', 'Big tent')
    edit(first.engine, 'coast', 'Big tent')
    await first.environment.settle()
    device.room = (await inner.readAll()).length
    edit(first.engine, 'coast', 'Bigger tent')
    await first.environment.settle()
    device.room = Infinity
    // A row of it comes: the others of its page would be missing.
    const whole = server.onPull
    server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '2' }, rows: [rowOf({ id: 'mat', scope: 'lakes', fields: { tripId: 'lakes', name: 'Mat' } })] }))
    first.network('online')
    await first.environment.advance(10_000)
    expect(first.shown('items', 'mat')?.['name']).toBe('Mat')
    expect(scopesStored(await recordsIn(inner))).toEqual(['alps', 'coast'])
    await first.engine.close()

    server.onPull = whole
    const next = await openTestEngine({ storage, server })
    await next.environment.advance(10_000)
    expect(next.server.pulls.some(({ cursors }) => cursors?.['lakes'] === '0')).toBe(true)
    expect(scopesStored(await recordsIn(inner))).toEqual(scopes)
    expect(next.state()).toMatchObject({ evicted: [], pending: 0 })
    expect((await recordsIn(inner)).has(keys.evicted('lakes'))).toBe(false)
  })
})

test('[ST2] of a scope that was given up here nothing is stored until it is readmitted; from then on all is', async () => {
  const replica = new Replica()
  replica.scopes.set('lakes', { scope: 'lakes', cursor: '7' })
  const storage = memoryStorage()
  const { term } = await storage.commit({ term: 'next' })
  const room = new Room(replica)
  expect(await room.make({ storage, term, named: 0, held: [keys.scope('lakes')] })).not.toBeNull()
  const page = { puts: [[keys.page('items', 'lakes', 0), 'rows'] as const] }
  expect(room.kept(page).puts).toEqual([])
  const readmitting = { puts: [[keys.scope('lakes'), 'from its start'] as const], deletes: [keys.evicted('lakes')] }
  expect(room.kept(readmitting)).toEqual(readmitting)
  room.stored(readmitting)
  expect(room.kept(page)).toEqual(page)
})

test('[ST2] [TB2] what a tab still shows of a scope goes when another one stores it again, which may know nothing of it', () => {
  const [mine, theirs, other] = [keys.page('items', 'lakes', 0), keys.page('items', 'lakes', 1), keys.page('items', 'alps', 0)]
  const write = { number: 7, puts: [[keys.scope('lakes'), 'from its start'] as const, [theirs, 'as stored'] as const], deletes: [keys.evicted('lakes')] }
  expect(withoutReadmitted(write, [mine, theirs, other, keys.scope('lakes')]).deletes).toEqual([keys.evicted('lakes'), mine])
  const further = { ...write, deletes: [mine] }
  expect(withoutReadmitted(further, [mine, other])).toBe(further)
})
