import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { seal } from '../core/sealed.ts'
import { describeStatus, statusOf } from '../core/status.ts'
import { memoryStorage, type Storage } from '../index.ts'
import { recordedOf, recordsIn, rowOf } from '../testing/builders.ts'
import { pageOf, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { openStubbedApp } from './stubbed-app.ts'

/** An app on a device that several people use, each with a storage of their own. */
async function sharedDevice() {
  const storages = new Map<string, Storage>()
  const storageOf = (user: string): Storage => {
    const storage = storages.get(user) ?? memoryStorage()
    storages.set(user, storage)
    return storage
  }
  const app = await openStubbedApp({ options: { storage: (user) => Promise.resolve(storageOf(user)) } })
  return { ...app, storageOf }
}

describe('complaint 9: signing out, or another user, destroys what waited or mixes it up', () => {
  test('a session that ends by itself takes nothing: how much waits is told, and it is there and goes out as its owner’s when they are back', async () => {
    const app = await sharedDevice()
    app.stub.online = false
    app.add('tent')
    app.add('stove')
    await app.sync.flush()
    expect(app.state()).toMatchObject({ user: 'ann', pending: 2 })
    app.stub.signOut()
    await app.environment.settle()
    expect(app.items()).toEqual({})
    expect([...(await recordsIn(app.storageOf('ann'))).keys()].filter((key) => key.startsWith('change/'))).toHaveLength(2)
    app.stub.online = true
    app.stub.signIn('ann')
    await app.environment.settle()
    expect(app.events.findLast(({ type }) => type === 'opened')).toEqual({ type: 'opened', user: 'ann', pending: 2, storage: null })
    expect(Object.keys(app.items())).toEqual(['tent', 'stove'])
    await app.synced()
    expect(app.stub.pushes.map(({ user, ops }) => [user, ops.map(({ id }) => id)])).toEqual([['ann', ['tent', 'stove']]])
  })

  test('another user at the same device sees and sends nothing of the one before, however they take turns', async () => {
    const app = await sharedDevice()
    app.stub.online = false
    app.add('tent')
    await app.sync.flush()
    app.stub.signOut()
    app.stub.signIn('ben')
    await app.environment.settle()
    expect(app.state()).toMatchObject({ user: 'ben', pending: 0 })
    expect(app.items()).toEqual({})
    app.add('bens-cup')
    app.stub.signIn('ann')
    await app.environment.settle()
    expect(Object.keys(app.items())).toEqual(['tent'])
    app.stub.online = true
    await app.synced()
    app.stub.signIn('ben')
    await app.environment.settle()
    await app.synced()
    expect(Object.keys(app.items())).toEqual(['bens-cup'])
    expect(app.stub.pushes.map(({ user, ops }) => [user, ops.map(({ id }) => id)])).toEqual([['ann', ['tent']], ['ben', ['bens-cup']]])
  })

  test('an empty device is not told to be in step before it has heard the server', async () => {
    const app = await sharedDevice()
    app.stub.signOut()
    app.stub.online = false
    app.stub.signIn('ben')
    await app.environment.settle()
    expect(app.state()).toMatchObject({ user: 'ben', lastSuccess: null })
    expect(describeStatus(statusOf(app.state()))).toBe('cannot sync now, trying again')
    app.stub.online = true
    await app.synced()
    expect(app.state().lastSuccess).not.toBeNull()
  })
})

const change = (sequence: number, id: string) => recordedOf(sequence, { id, kind: 'create', patch: { tripId: 'lakes', name: id }, baseValues: {}, baseVersion: null })

/** As the storage of a version of the app that writes records in another form, or knows of more kinds of them. */
async function storageWith(records: readonly (readonly [key: string, value: unknown])[]): Promise<Storage> {
  const storage = memoryStorage()
  await storage.commit({ puts: records })
  return storage
}

const otherForm = (value: unknown, form: number) => ({ ...seal(value), form })
const appended = ({ sequence, ...rest }: ReturnType<typeof change>) => ({ ...seal(rest), sequence })

describe('complaint 21: an upgrade of the app loses what waited, or the app never opens again', () => {
  test.each([
    ['an older', 0],
    ['a newer', 2],
  ])('a change of %s form is set aside as it was found, and told; all others load and go out', async (_which, form) => {
    const strange = otherForm(change(2, 'strange'), form)
    const storage = await storageWith([
      [keys.device, seal('phone')],
      [keys.change(1), appended(change(1, 'tent'))],
      [keys.change(2), strange],
      [keys.change(3), appended(change(3, 'stove'))],
      [keys.sequence, 3],
    ])
    const { environment, server, state, events, shown } = await openTestEngine({ storage })
    expect(events).toContainEqual({ type: 'setAside', items: [{ what: 'record', name: keys.change(2), reason: `It was written by another version of the app, in form ${form}.` }] })
    expect(shown('items', 'tent')).toMatchObject({ name: 'tent' })
    await environment.advance(1_000)
    expect(server.pushes.flat().map(({ id }) => id)).toEqual(['tent', 'stove'])
    expect(state()).toMatchObject({ pending: 0, durable: true, setAside: [{ name: keys.change(2) }] })
    expect((await recordsIn(storage)).get(keys.aside(keys.change(2)))).toMatchObject({ key: keys.change(2), found: strange })
    const stored = (await storage.readAll()).map(([key]) => key)
    expect(stored).toContain(keys.aside(keys.change(2)))
    expect(stored).not.toContain(keys.change(2))
  })

  test('it is kept over restarts, told each time, and its number is given to no other change', async () => {
    const storage = await storageWith([[keys.change(7), otherForm(change(7, 'strange'), 2)], [keys.sequence, 7]])
    for (const id of ['first', 'second']) {
      const { engine, state, environment } = await openTestEngine({ storage, online: false })
      expect(state().setAside).toMatchObject([{ what: 'record', name: keys.change(7) }])
      engine.record({ edits: [{ collection: 'items', id, before: undefined, after: { tripId: 'lakes', name: id } }], atomic: false })
      await environment.settle()
      await engine.close()
    }
    const records = await recordsIn(storage)
    expect([...records.keys()].filter((key) => key.startsWith('change/'))).toEqual([keys.change(8), keys.change(9)])
    expect(records.has(keys.aside(keys.change(7)))).toBe(true)
  })

  test('records of kinds that this version does not know stay where they are, untouched', async () => {
    const known = [keys.change(1), appended(change(1, 'tent'))] as const
    const unknown = [['forecast/lakes', seal({ sun: true })], ['lens', seal(['wide'])]] as const
    const storage = await storageWith([known, ...unknown, [keys.sequence, 1]])
    const { environment, engine, state } = await openTestEngine({ storage })
    await environment.advance(1_000)
    await engine.close()
    expect(state()).toMatchObject({ setAside: [], rejected: [] })
    const left = new Map(await storage.readAll())
    for (const [key, value] of unknown) expect(left.get(key)).toEqual(value)
  })

  test('rows and a batch of another form are fetched and planned anew: nothing of it has to be brought over', async () => {
    const pending = change(1, 'tent')
    const storage = await storageWith([
      [keys.change(1), appended(pending)],
      [keys.batch, otherForm({ batchId: 'b', ops: [] }, 2)],
      [keys.page('items', 'lakes', 0), otherForm({ rows: [rowOf({ id: 'map' })] }, 2)],
      [keys.scope('lakes'), otherForm({ scope: 'lakes', cursor: '9' }, 2)],
      [keys.sequence, 1],
    ])
    const server = scriptedServer()
    server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '9' }, rows: [rowOf({ id: 'map' })] }))
    const { environment, shown, state } = await openTestEngine({ storage, server })
    await environment.advance(1_000)
    expect(server.pulls[0]?.cursors).toEqual({ lakes: '0' })
    expect(shown('items', 'map')).toEqual(rowOf().fields)
    expect(server.pushes).toMatchObject([[{ id: 'tent', kind: 'create' }]])
    expect(state()).toMatchObject({ pending: 0 })
  })
})
