import { describe, expect, test } from 'vitest'
import type { Collection } from '../core/collection.ts'
import type { Fields } from '../core/json.ts'
import { firstWriteWins, localWins, manual, remoteWins, type MergePolicy } from '../core/policies.ts'
import { counter, max, min, set } from '../core/policies-combine.ts'
import { text } from '../core/text-merge.ts'
import { keys } from '../core/records.ts'
import { seal } from '../core/sealed.ts'
import type { Answer, Op, Resolution } from '../core/types.ts'
import { collectionsOf, recordsIn, rowOf } from '../testing/builders.ts'
import { applied, pageOf, pushResult, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'
import type { Storage } from './ports.ts'

const base = { tripId: 'lakes', name: 'Tent', quantity: 1, tags: ['a'], note: 'one two three' }
const row = rowOf({ fields: base })

interface Clash {
  readonly items: Partial<Collection>
  /** What Ann does; `null`: she deletes the tent. */
  readonly mine: Fields | null
  /** What Ben had done before her push, at this time; `null`: he deleted it. */
  readonly theirs: Fields | null
  readonly at?: number
  readonly storage?: Storage
}

/** A device whose edit of the tent has met somebody else's. What goes out afterwards is applied. */
async function clash({ items, mine, theirs, at = 1, storage = memoryStorage() }: Clash): Promise<TestEngine> {
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1' }, rows: [row] }))
  const device = await openTestEngine({ server, storage, collections: collectionsOf(items) })
  server.onPull = () => Promise.resolve(pageOf())
  const edits = Object.fromEntries(Object.keys(theirs ?? {}).map((field) => [field, { by: 'ben', time: at }]))
  const word = ({ opId }: Op): Answer =>
    theirs === null ? { opId, status: 'deleted' } : { opId, status: 'conflict', row: { ...row, version: 5, fields: { ...base, ...theirs } }, edits }
  server.onPush = ({ ops }) => {
    server.onPush = (next) => Promise.resolve(pushResult(next.ops.map(applied)))
    return Promise.resolve(pushResult(ops.map(word)))
  }
  device.edit(base, mine === null ? undefined : { ...base, ...mine })
  await device.environment.advance(100)
  return device
}

const shownOf = ({ shown }: TestEngine) => shown('items', 'tent')
const newest = ({ engine }: TestEngine): Resolution => engine.history()[0]!

interface Decided extends Clash {
  readonly by: string
  readonly kept: Fields
  readonly back: Fields
}

const named = (policy: MergePolicy): Partial<Collection> => ({ mergeDefault: policy })
const bothNamed = { mine: { name: 'Big tent' }, theirs: { name: 'Igloo' } }
const late = 9_000_000
const byPolicy: readonly Decided[] = [
  { by: 'lastWriteWins, theirs', items: {}, ...bothNamed, at: late, kept: { name: 'Igloo' }, back: { name: 'Big tent' } },
  { by: 'lastWriteWins, ours', items: {}, ...bothNamed, kept: { name: 'Big tent' }, back: { name: 'Igloo' } },
  { by: 'firstWriteWins', items: named(firstWriteWins()), ...bothNamed, kept: { name: 'Igloo' }, back: { name: 'Big tent' } },
  { by: 'localWins', items: named(localWins()), ...bothNamed, kept: { name: 'Big tent' }, back: { name: 'Igloo' } },
  { by: 'remoteWins', items: named(remoteWins()), ...bothNamed, kept: { name: 'Igloo' }, back: { name: 'Big tent' } },
  { by: 'a function', items: named(() => ({ take: 'value', value: 'Both' })), ...bothNamed, kept: { name: 'Both' }, back: { name: 'Igloo' } },
  { by: 'max', items: named(max()), mine: { quantity: 3 }, theirs: { quantity: 2 }, kept: { quantity: 3 }, back: { quantity: 2 } },
  { by: 'min', items: named(min()), mine: { quantity: 3 }, theirs: { quantity: 2 }, kept: { quantity: 2 }, back: { quantity: 3 } },
  { by: 'counter', items: named(counter()), mine: { quantity: 3 }, theirs: { quantity: 5 }, kept: { quantity: 7 }, back: { quantity: 5 } },
  { by: 'text', items: named(text()), mine: { note: 'ONE two three' }, theirs: { note: 'one two THREE' }, kept: { note: 'ONE two THREE' }, back: { note: 'one two THREE' } },
  { by: 'set', items: named(set()), mine: { tags: ['a', 'b'] }, theirs: { tags: ['a', 'c'] }, kept: { tags: ['a', 'c', 'b'] }, back: { tags: ['a', 'c'] } },
]

describe('[CO5] a policy’s decision about an edit against an edit', () => {
  test.each(byPolicy)('$by: is in the history with both values and what was kept', async (given) => {
    const device = await clash(given)
    const [field] = Object.keys(given.kept) as [keyof typeof base]
    expect(device.engine.history()).toMatchObject([
      {
        collection: 'items',
        id: 'tent',
        scope: 'lakes',
        kind: 'edit-edit',
        decidedBy: 'policy',
        user: 'ann',
        fields: [{ field, base: base[field], local: given.mine?.[field], remote: given.theirs?.[field], remoteEdit: { by: 'ben', time: given.at ?? 1 }, kept: given.kept[field] }],
        outcome: { is: 'kept' },
      },
    ])
    expect(newest(device).time).toBe(1_000_005)
    expect(shownOf(device)).toEqual({ ...base, ...given.kept })
    expect(device.events).toContainEqual({ type: 'resolved', resolutions: device.engine.history() })
  })

  test.each(byPolicy)('$by: undone, what was given up is back, on the server too, and that is in the history', async (given) => {
    const device = await clash(given)
    const decision = newest(device)
    await device.engine.decisions.undoResolution(decision.resolutionId)
    expect(shownOf(device)).toEqual({ ...base, ...given.back })
    await device.environment.advance(100)
    expect(device.server.pushes.at(-1)).toMatchObject([{ kind: 'update', patch: given.back, baseValues: given.kept }])
    expect(shownOf(device)).toEqual({ ...base, ...given.back })
    const [field] = Object.keys(given.kept) as [string]
    const undo = device.engine.history().find(({ decidedBy }) => decidedBy === 'undo')
    expect(undo).toMatchObject({ kind: 'edit-edit', user: 'ann', fields: [{ field, kept: given.back[field] }] })
    expect(undo?.resolutionId).not.toBe(decision.resolutionId)
    expect(device.state().undoable).toBe(1)
  })
})

describe('[CO5] a decision about a delete', () => {
  const mine = { name: 'Big tent' }
  const remade = { ...base, ...mine }

  test('an edit against a delete, deleteWins: told with the row that is lost; undone, it is made again whole', async () => {
    const device = await clash({ items: {}, mine, theirs: null })
    expect(newest(device)).toMatchObject({ kind: 'edit-delete', fields: [{ field: 'name', base: 'Tent', local: 'Big tent', remote: null, kept: null }], outcome: { is: 'deleted', row: remade } })
    expect(shownOf(device)).toBeNull()
    await device.engine.decisions.undoResolution(newest(device).resolutionId)
    await device.environment.advance(100)
    expect(device.server.pushes.at(-1)).toMatchObject([{ kind: 'create', patch: remade }])
    expect(shownOf(device)).toEqual(remade)
  })

  test('an edit against a delete, editWins: undone, it is deleted', async () => {
    const device = await clash({ items: { deletePolicy: 'editWins' }, mine, theirs: null })
    expect(newest(device)).toMatchObject({ kind: 'edit-delete', fields: [{ field: 'name', kept: 'Big tent' }], outcome: { is: 'kept' } })
    expect(shownOf(device)).toEqual(remade)
    await device.engine.decisions.undoResolution(newest(device).resolutionId)
    await device.environment.advance(100)
    expect(device.server.pushes.at(-1)).toMatchObject([{ kind: 'delete' }])
    expect(shownOf(device)).toBeNull()
    expect(device.engine.history().find(({ decidedBy }) => decidedBy === 'undo')?.outcome).toEqual({ is: 'deleted', row: remade })
  })

  test('a delete against an edit, deleteWins: undone, the edited row is there again', async () => {
    const theirs = { name: 'Igloo' }
    const device = await clash({ items: {}, mine: null, theirs })
    expect(newest(device)).toMatchObject({ kind: 'delete-edit', fields: [{ field: 'name', base: 'Tent', local: null, remote: 'Igloo', kept: null }], outcome: { is: 'deleted', row: { ...base, ...theirs } } })
    expect(shownOf(device)).toBeNull()
    await device.engine.decisions.undoResolution(newest(device).resolutionId)
    await device.environment.advance(100)
    expect(shownOf(device)).toEqual({ ...base, ...theirs })
  })

  test('a delete against an edit, editWins: undone, it is deleted', async () => {
    const device = await clash({ items: { deletePolicy: 'editWins' }, mine: null, theirs: { name: 'Igloo' } })
    expect(newest(device)).toMatchObject({ kind: 'delete-edit', fields: [{ field: 'name', kept: 'Igloo' }], outcome: { is: 'kept' } })
    expect(shownOf(device)).toMatchObject({ name: 'Igloo' })
    await device.engine.decisions.undoResolution(newest(device).resolutionId)
    await device.environment.advance(100)
    expect(device.server.pushes.at(-1)).toMatchObject([{ kind: 'delete' }])
    expect(shownOf(device)).toBeNull()
  })
})

describe('[CO5] a person’s decision', () => {
  const asked = { items: { mergeDefault: manual() }, ...bothNamed }

  test.each([
    { choice: 'local', kept: 'Big tent', back: 'Igloo' },
    { choice: 'remote', kept: 'Igloo', back: 'Big tent' },
    { choice: { merged: { name: 'Yurt' } }, kept: 'Yurt', back: 'Igloo' },
  ] as const)('$choice: is in the history; undone, what was given up is back', async ({ choice, kept, back }) => {
    const device = await clash(asked)
    await device.engine.decisions.resolve([device.state().conflicts[0]!.conflictId], choice)
    await device.environment.advance(100)
    expect(newest(device)).toMatchObject({ decidedBy: 'person', user: 'ann', kind: 'edit-edit', fields: [{ field: 'name', base: 'Tent', local: 'Big tent', remote: 'Igloo', kept }], outcome: { is: 'kept' } })
    expect(device.events).toContainEqual({ type: 'resolved', resolutions: [newest(device)] })
    await device.engine.decisions.undoResolution(newest(device).resolutionId)
    await device.environment.advance(100)
    expect(shownOf(device)).toMatchObject({ name: back })
    expect(device.state()).toMatchObject({ pending: 0, conflicts: [] })
  })

  test.each([
    { kind: 'edit-delete', choice: 'local', mine: { name: 'Big tent' }, theirs: null, isKept: true },
    { kind: 'edit-delete', choice: 'remote', mine: { name: 'Big tent' }, theirs: null, isKept: false },
    { kind: 'delete-edit', choice: 'local', mine: null, theirs: { name: 'Igloo' }, isKept: false },
    { kind: 'delete-edit', choice: 'remote', mine: null, theirs: { name: 'Igloo' }, isKept: true },
  ] as const)('about $kind, $choice: undone, the other side stands', async ({ kind, choice, mine, theirs, isKept }) => {
    const device = await clash({ items: { deletePolicy: 'manual' }, mine, theirs })
    await device.engine.decisions.resolve([device.state().conflicts[0]!.conflictId], choice)
    await device.environment.advance(100)
    const edited = { ...base, ...mine, ...theirs }
    expect(newest(device)).toMatchObject({ kind, decidedBy: 'person', outcome: isKept ? { is: 'kept' } : { is: 'deleted', row: edited } })
    expect(shownOf(device)).toEqual(isKept ? edited : null)
    const name = newest(device).fields.find(({ field }) => field === 'name')
    expect([name?.local, name?.kept]).toEqual(kind === 'edit-delete' ? ['Big tent', isKept ? 'Big tent' : null] : [undefined, undefined])
    await device.engine.decisions.undoResolution(newest(device).resolutionId)
    await device.environment.advance(100)
    expect(shownOf(device)).toEqual(isKept ? null : edited)
  })
})

/** A codec: names lie in the outbox and on the server with a label. */
const labelled: Partial<Collection> = {
  toFields: (entity) => ({ ...entity, name: `stored ${(entity as { name: string }).name}` }),
  toEntity: (id, fields) => ({ id, ...fields, name: (fields['name'] as string).replace('stored ', '') }),
}

describe('[CO5] taking a decision back', () => {
  test('is no step of the user’s, and takes the place of none among those that can be undone', async () => {
    const storage = memoryStorage()
    const device = await clash({ items: {}, ...bothNamed, at: late, storage })
    const steps = async () => [...(await recordsIn(storage)).keys()].filter((key) => key.startsWith('past/'))
    const before = await steps()
    await device.engine.decisions.undoResolution(newest(device).resolutionId)
    await device.environment.advance(100)
    expect(device.state().pending).toBe(0)
    expect(before).toHaveLength(1)
    expect(await steps()).toEqual(before)
  })

  test('leaves alone what somebody has changed since', async () => {
    const device = await clash({ items: {}, mine: { name: 'Big tent', quantity: 3 }, theirs: { name: 'Igloo', quantity: 2 }, at: late })
    device.server.onPull = () => Promise.resolve(pageOf({ rows: [{ ...row, version: 8, fields: { ...base, name: 'Yurt', quantity: 2 } }] }))
    device.engine.syncNow()
    await device.environment.settle()
    await device.engine.decisions.undoResolution(newest(device).resolutionId)
    expect(shownOf(device)).toEqual({ ...base, name: 'Yurt', quantity: 3 })
  })

  test('leaves a row as it is that somebody has made again since', async () => {
    const device = await clash({ items: {}, mine: { name: 'Big tent' }, theirs: null })
    const again = { ...base, name: 'Yurt' }
    device.server.onPull = () => Promise.resolve(pageOf({ rows: [{ ...row, version: 9, fields: again }] }))
    device.engine.syncNow()
    await device.environment.settle()
    await device.engine.decisions.undoResolution(newest(device).resolutionId)
    expect(shownOf(device)).toEqual(again)
    expect(device.state().pending).toBe(0)
  })

  test('where nothing of it stands, does nothing at all', async () => {
    const device = await clash({ items: {}, ...bothNamed, at: late })
    device.edit({ ...base, name: 'Igloo' }, { ...base, name: 'Yurt' })
    await device.engine.decisions.undoResolution(newest(device).resolutionId)
    expect(device.engine.history()).toHaveLength(1)
    expect(shownOf(device)).toMatchObject({ name: 'Igloo' })
  })

  test('works offline and after a restart', async () => {
    const storage = memoryStorage()
    const first = await clash({ items: {}, ...bothNamed, at: late, storage })
    await first.engine.close()
    const device = await openTestEngine({ storage, online: false })
    await device.engine.decisions.undoResolution(newest(device).resolutionId)
    expect(shownOf(device)).toMatchObject({ name: 'Big tent' })
    expect(device.state().pending).toBe(1)
  })

  test('puts values back as they lie in the store, where fields are stored in another form', async () => {
    const device = await clash({ items: labelled, mine: { name: 'Big tent' }, theirs: { name: 'stored Igloo' }, at: late })
    await device.engine.decisions.undoResolution(newest(device).resolutionId)
    expect(shownOf(device)).toMatchObject({ name: 'stored Big tent' })
  })

  test('of a decision that the device does not know is told', async () => {
    const device = await openTestEngine()
    await expect(device.engine.decisions.undoResolution('unknown')).rejects.toMatchObject({ code: 'not-found' })
  })
})

const decision = { collection: 'items', id: 'tent', scope: 'lakes', kind: 'edit-edit', decidedBy: 'policy', user: 'ann', fields: [], outcome: { is: 'kept' } } as const
const old = (time: number): Resolution => ({ ...decision, resolutionId: `old-${time}`, time })
const stored = async (storage: Storage) => [...(await recordsIn(storage)).keys()].filter((key) => key.startsWith('history/'))
const parked = (id: string) => ({ conflictId: id, kind: 'edit-edit', collection: 'items', id, scope: 'lakes', fields: [], changes: [], time: 1, advice: null, severity: 'low', confidence: 1 })

async function full(): Promise<Storage> {
  const storage = memoryStorage()
  await storage.commit({ puts: Array.from({ length: 700 }, (_, time) => [keys.history(old(time)), seal(old(time))]) })
  return storage
}

describe('[CO5] the history shows 500 decisions, the newest; 200 more wait for the archive at most', () => {
  test('the oldest goes', async () => {
    const storage = await full()
    const device = await clash({ items: {}, ...bothNamed, storage })
    expect(newest(device).fields).toHaveLength(1)
    expect(device.engine.history()).toHaveLength(500)
    expect(device.engine.history().at(-1)?.time).toBe(201)
    // The others have gone into the archive when the first pull had ended.
    expect(await stored(storage)).toHaveLength(501)
  })

  test('also of many that are decided at once', async () => {
    const storage = await full()
    const ids = ['a', 'b', 'c', 'd']
    await storage.commit({ puts: ids.map((id) => [keys.conflict(id), seal(parked(id))]) })
    const device = await openTestEngine({ storage, online: false })
    await device.engine.decisions.resolve(ids.slice(0, 3), 'remote')
    await device.engine.decisions.resolve(ids.slice(3), 'remote')
    expect(await stored(storage)).toHaveLength(700)
    expect(device.engine.history().slice(0, 4).map(({ id }) => id).sort()).toEqual(ids)
  })
})
