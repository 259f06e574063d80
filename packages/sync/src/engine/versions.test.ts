import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { changeOf, collectionsOf, opOf, recordedOf, recordsIn } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'
import { sealedWrite } from './opening.ts'

const note = { collection: 'notes', id: 'note', kind: 'create', patch: { tripId: 'lakes', text: 'Boots' }, baseValues: {}, baseVersion: null } as const
/** Another version of the app: its items are called notes as well. */
const newer = new Map([...collectionsOf(), ['notes', { ...collectionsOf().get('items')!, name: 'notes' }]] as const)

/** A device on which a newer version has made a note, and perhaps planned its op. */
async function deviceWith(batch: readonly ReturnType<typeof opOf>[]) {
  const storage = memoryStorage()
  const server = scriptedServer()
  await storage.commit(sealedWrite({ append: [changeOf(note)], puts: batch.length === 0 ? [] : [[keys.batch, { batchId: 'b', ops: batch }]] }))
  return { storage, server, environment: fakeEnvironment() }
}

describe('[TB3] what another version of the app has made in a collection that this one does not know', () => {
  test.each([
    ['waits', []],
    ['was planned by that: it keeps its op', [opOf([recordedOf(1, note)], { opId: 'of-the-newer' })]],
  ])('%s; nothing else is held up, and a version that knows it sends it, once', async (_what, batch) => {
    const shared = await deviceWith(batch)
    const { storage, server, environment } = shared
    const older = await openTestEngine(shared)
    older.edit(undefined, { tripId: 'lakes', name: 'Tent' })
    await environment.advance(20_000)
    older.edit({ tripId: 'lakes', name: 'Tent' }, { tripId: 'lakes', name: 'Big tent' })
    await environment.advance(20_000)
    expect(server.pushes.map((ops) => ops.map(({ collection }) => collection))).toEqual([['items'], ['items']])
    expect(older.state()).toMatchObject({ pending: 1, lastError: null, phase: 'idle' })
    await older.engine.close()
    const { state } = await openTestEngine({ ...shared, collections: newer })
    await environment.advance(20_000)
    expect(server.pushes.slice(2)).toMatchObject([[{ id: 'note', sequences: [1], ...(batch.length > 0 && { opId: 'of-the-newer' }) }]])
    expect(state().pending).toBe(0)
    expect([...(await recordsIn(storage)).keys()].filter((key) => key.startsWith('change/') || key === keys.batch)).toEqual([])
  })

  test('[A6] is passed over by an undo', async () => {
    const { storage } = await deviceWith([])
    const device = await openTestEngine({ storage, online: false })
    device.edit(undefined, { tripId: 'lakes', name: 'Tent' })
    await device.environment.settle()
    await storage.commit(sealedWrite({ append: [changeOf({ ...note, id: 'later', changeId: 'later', group: { groupId: 'later', atomic: false, cause: 'edit' } })] }))
    await device.engine.close()
    const next = await openTestEngine({ storage, online: false })
    expect(await next.engine.undo.undo()).toBe(true)
    expect(next.shown('items', 'tent')).toBeNull()
  })
})
