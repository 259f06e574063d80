import { expect, test } from 'vitest'
import { OutdatedTerm } from '../core/errors.ts'
import { keys } from '../core/records.ts'
import { StorageError } from '../core/storage-error.ts'
import { recordsIn, rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { pageOf } from '../testing/scripted-server.ts'
import { tabsOfOneProcess } from '../testing/tabs-of-one-process.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'
import type { Storage } from './ports.ts'

/** A storage that can be deleted under the app: from then on it is lost, until somebody writes who knows. */
function deletable() {
  let inner = memoryStorage()
  let isLost = false
  const checked = <Result>(use: () => Promise<Result>, knows = false): Promise<Result> => (isLost && !knows ? Promise.reject(new StorageError('lost', 'It was deleted.')) : use())
  const storage: Storage = {
    readAll: () => checked(() => inner.readAll()),
    lastCommit: () => checked(() => inner.lastCommit()),
    commit: async (write) => {
      const knows = write.after === 0
      // As IndexedDB: where another tab has written to it meanwhile, that is known from then on too.
      return checked(() => inner.commit(write).finally(() => (isLost &&= !knows)), knows)
    },
    close: () => {},
  }
  return {
    storage,
    inner: () => inner,
    remove: () => {
      inner = memoryStorage()
      isLost = true
    },
  }
}

const tent = { tripId: 'lakes', name: 'Tent' }

test('[ST2] a database that is deleted under the app is written anew by the next write: what waits, rows, numbers and names', async () => {
  const { storage, inner, remove } = deletable()
  const first = await openTestEngine({ storage })
  first.server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '5' }, rows: [rowOf({ id: 'cup' })] }))
  await first.environment.advance(10_000)
  first.network('offline')
  first.edit(undefined, tent)
  await first.environment.settle()
  const before = await recordsIn(inner())
  remove()
  first.edit(tent, { ...tent, name: 'Big tent' })
  await first.environment.settle()
  const after = await recordsIn(inner())
  expect([...before].every(([key, value]) => JSON.stringify(after.get(key)) === JSON.stringify(value))).toBe(true)
  expect([...after.keys()].filter((key) => !before.has(key))).toEqual([keys.change(2)])
  expect(first.state()).toMatchObject({ pending: 2, durable: true })
  await first.engine.close()

  const next = await openTestEngine({ storage: inner() })
  await next.environment.advance(10_000)
  expect(next.server.pushes.map((ops) => ops.map(({ kind, sequences, patch }) => [kind, sequences, patch['name']]))).toEqual([[['create', [1, 2], 'Big tent']]])
})

test('[TB2] [ST2] the leader goes on leading in what it has written anew', async () => {
  const { storage, remove } = deletable()
  const { edit, environment, server, state } = await openTestEngine({ storage })
  edit(undefined, tent)
  await environment.advance(10_000)
  remove()
  edit(tent, { ...tent, name: 'Big tent' })
  await environment.advance(30_000)
  expect(server.pushes.map((ops) => ops.map(({ sequences }) => sequences))).toEqual([[[1]], [[2]]])
  expect(state()).toMatchObject({ pending: 0, durable: true, lastError: null })
})

test('[ST2] also an idle app notices at its next poll', async () => {
  const { storage, inner, remove } = deletable()
  const { environment, edit } = await openTestEngine({ storage })
  edit(undefined, tent)
  await environment.advance(10_000)
  remove()
  await environment.advance(400_000)
  expect((await recordsIn(inner())).has(keys.device)).toBe(true)
})

test('[ST2] of two tabs the first writes it anew, and the second does not write over that', async () => {
  const { storage, inner, remove } = deletable()
  const { engine, edit, environment } = await openTestEngine({ storage })
  edit(undefined, tent)
  await environment.settle()
  remove()
  // The other tab was first.
  await inner().commit({ puts: [['commits', 40]] })
  edit(tent, { ...tent, name: 'Big tent' })
  await environment.settle()
  expect(await inner().lastCommit()).toBeGreaterThanOrEqual(41)
  expect((await recordsIn(inner())).has(keys.device)).toBe(false)
  await engine.close()
})

test('[TB2] [ST2] written anew by a tab that does not lead, it takes nothing more from one that led before', async () => {
  const { storage, inner, remove } = deletable()
  const tabs = tabsOfOneProcess()
  const shared = { storage, environment: fakeEnvironment(), parts: { openTabs: tabs.open } }
  await openTestEngine(shared)
  const follower = await openTestEngine(shared)
  await inner().commit({ term: 'next' })
  const { term } = await inner().commit({ term: 'next' })
  remove()
  tabs.controls[0]!.freeze()
  follower.edit(undefined, tent)
  await shared.environment.settle()
  for (let begun = 1; begun <= term; begun += 1) await expect(inner().commit({ puts: [['late', 1]], term: begun })).rejects.toThrow(OutdatedTerm)
})

test('[OB2] [ST2] what is recorded in a database that another tab has written anew, and whose numbers begin lower, is seen at once', async () => {
  const [first, anew] = [memoryStorage(), memoryStorage()]
  let inner = first
  const storage: Storage = { readAll: () => inner.readAll(), lastCommit: () => inner.lastCommit(), commit: (write) => inner.commit(write), close: () => {} }
  const { edit, environment, state, shown } = await openTestEngine({ storage, online: false })
  edit(undefined, tent)
  await environment.settle()
  // As a tab does that had not heard of the last writes.
  const changes = (await first.readAll()).filter(([key]) => key.startsWith('change/'))
  await anew.commit({ puts: changes, sequenceAtLeast: 1 })
  inner = anew
  edit(tent, { ...tent, name: 'Big tent' })
  await environment.settle()
  expect(state().pending).toBe(2)
  expect(shown('items', 'tent')).toMatchObject({ name: 'Big tent' })
})
