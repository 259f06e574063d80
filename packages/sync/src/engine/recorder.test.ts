import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { entityKey } from '../core/entity-key.ts'
import { unseal } from '../core/sealed.ts'
import type { Change } from '../core/types.ts'
import { overlay } from '../core/view.ts'
import { changeOf, rowOf } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { alone } from './alone.ts'
import { LocalData } from './local-data.ts'
import { memoryStorage } from './memory-storage.ts'
import type { SealedWrite, Storage } from './ports.ts'
import { Recorder } from './recorder.ts'

async function recorderOn(storage: Storage) {
  const environment = fakeEnvironment()
  const commits: SealedWrite[] = []
  const watched: Storage = {
    ...storage,
    commit: (write) => {
      commits.push(write)
      return storage.commit(write)
    },
  }
  const data = await LocalData.open({ storage: watched, tabs: alone('ann'), environment })
  const failures: unknown[] = []
  const runaways: number[] = []
  const recorder = new Recorder({
    user: 'ann',
    data,
    environment,
    onRecorded: () => {},
    onFailed: (cause) => failures.push(cause),
    onRunaway: (perSecond) => runaways.push(perSecond),
  })
  const record = (...names: string[]) => recorder.record(names.map((name) => changeOf({ changeId: name })))
  const stored = () => [...data.replica.outbox.byEntity()].flat().map(({ changeId, sequence }) => `${sequence} ${changeId}`)
  const appended = () => commits.flatMap(({ append = [] }) => (append.length > 0 ? [append.map((sealed) => (unseal(sealed) as { value: Change }).value.changeId)] : []))
  return { environment, data, recorder, failures, runaways, record, stored, appended }
}

/** Refuses as many appends as it is told; `meanwhile` happens while it refuses. */
function failing(times: number, meanwhile: () => void): Storage {
  const storage = memoryStorage()
  let left = times
  return {
    ...storage,
    commit: (write) => {
      if ((write.append ?? []).length === 0 || left === 0) return storage.commit(write)
      left -= 1
      meanwhile()
      return Promise.reject(new Error('full'))
    },
  }
}

test('[OB2] all changes of one tick share one transaction, in their order', async () => {
  const { recorder, record, stored, appended } = await recorderOn(memoryStorage())
  record('a')
  record('b', 'c')
  record('d')
  await recorder.flush()
  expect(appended()).toEqual([['a', 'b', 'c', 'd']])
  expect(stored()).toEqual(['1 a', '2 b', '3 c', '4 d'])
})

test('[OB2] flush waits for what was recorded before it, also while another transaction is under way', async () => {
  const { recorder, record, stored } = await recorderOn(memoryStorage())
  record('a')
  const first = recorder.flush()
  await Promise.resolve()
  record('b')
  await recorder.flush()
  expect(stored()).toEqual(['1 a', '2 b'])
  await first
})

test('[OB2] a storage that refuses loses nothing and reorders nothing: it is tried again, with what came meanwhile behind', async () => {
  const names = ['b', 'c']
  const storage = failing(2, () => record(names.shift()!))
  const { environment, data, recorder, record, stored, appended, failures } = await recorderOn(storage)
  record('a')
  await environment.settle()
  expect(failures).toHaveLength(1)
  expect(data.replica.outbox.size).toBe(2)
  await environment.advance(5_000)
  await recorder.flush()
  expect(appended()).toEqual([['a'], ['a', 'b'], ['a', 'b', 'c']])
  expect(environment.delays).toEqual([375, 750])
  expect(stored()).toEqual(['1 a', '2 b', '3 c'])
  expect(data.replica.outbox.size).toBe(3)
})

let made = 0
/** One dispatch that turns the tent's switch from `packed` to its opposite. */
const toggle = (packed: boolean, given: Partial<Change> = {}) =>
  changeOf({ changeId: `toggle-${(made += 1)}`, patch: { packed: !packed }, baseValues: { packed }, group: { groupId: `g-${made}`, atomic: false, cause: 'edit' }, ...given })
/** Dispatches so many in one tick, the first of which switches on. */
const loop = (recorder: Recorder, times: number, given: Partial<Change> = {}) => {
  for (let time = 0; time < times; time += 1) recorder.record([toggle(time % 2 === 1, given)])
}

test('[A5] a loop of dispatches is told once, and once more only after it was calm', async () => {
  const { environment, recorder, runaways } = await recorderOn(memoryStorage())
  loop(recorder, 500)
  expect(runaways).toEqual([])
  loop(recorder, 500)
  await environment.advance(1_000)
  loop(recorder, 500)
  expect(runaways).toEqual([500])
  await environment.advance(10_000)
  loop(recorder, 501)
  expect(runaways).toEqual([500, 500])
})

test('[A5] a loop writes one transaction each 250 ms, with one change of each entity at most', async () => {
  const { environment, recorder, appended } = await recorderOn(memoryStorage())
  loop(recorder, 501)
  await environment.advance(250)
  const before = appended().length
  for (let time = 0; time < 100; time += 1) {
    recorder.record([toggle(time % 2 === 1), toggle(false, { id: `cup-${time % 3}`, patch: { quantity: time + 1 }, baseValues: { quantity: time } })])
    await environment.advance(10)
  }
  await environment.advance(250)
  const written = appended().slice(before)
  expect(written.length).toBeLessThanOrEqual(5)
  for (const changes of written) expect(changes.length).toBeLessThanOrEqual(4)
})

/** One dispatch that adds one. */
const step = (quantity: number, given: Partial<Change> = {}) =>
  changeOf({ changeId: `step-${quantity}`, patch: { quantity: quantity + 1 }, baseValues: { quantity }, baseVersion: quantity, time: quantity, ...given })

test('[A5] a joined change is the first of them, with its base values, and the last values and time', async () => {
  const { environment, data, recorder } = await recorderOn(memoryStorage())
  loop(recorder, 502, { id: 'lamp' })
  recorder.record([step(1, { group: { groupId: 'first', atomic: false, cause: 'edit' } })])
  recorder.record([step(2)])
  recorder.record([step(3)])
  await environment.advance(250)
  const key = entityKey('items', 'tent')
  expect(data.replica.outbox.of(key)).toMatchObject([
    { changeId: 'step-1', patch: { quantity: 4 }, baseValues: { quantity: 1 }, baseVersion: 1, time: 3, group: { groupId: 'first' } },
  ])
})

test('[A5] what comes to nothing before it was recorded leaves the memory, and is not waited for', async () => {
  const { environment, data, recorder, appended } = await recorderOn(memoryStorage())
  loop(recorder, 502, { id: 'lamp' })
  await environment.advance(250)
  const { size } = data.replica.outbox
  const before = appended().length
  loop(recorder, 2)
  expect(data.replica.outbox.size).toBe(size)
  const flushed = recorder.flush()
  await environment.advance(250)
  await flushed
  expect(appended()).toHaveLength(before)
})

test('[A5] [OB2] flush waits for what a loop has left waiting', async () => {
  const { environment, recorder, data } = await recorderOn(memoryStorage())
  loop(recorder, 601)
  let durable = false
  const flushed = recorder.flush().then(() => (durable = true))
  await environment.advance(249)
  expect(durable).toBe(false)
  await environment.advance(1)
  await flushed
  expect([...data.replica.outbox.byEntity()].flat()).toHaveLength(data.replica.outbox.size)
})

test('[A5] [OB1] what is being written or has been is not joined; nor are steps that must stay whole', async () => {
  const { environment, data, recorder } = await recorderOn(memoryStorage())
  const ids = (id: string) => data.replica.outbox.of(entityKey('items', id)).map(({ changeId }) => changeId)
  loop(recorder, 501, { id: 'lamp' })
  recorder.record([toggle(false, { id: 'cup', changeId: 'written' })])
  await environment.advance(250)
  recorder.record([toggle(true, { id: 'cup', changeId: 'later' })])
  expect(ids('cup')).toEqual(['written', 'later'])
  const atomic = { groupId: 'a', atomic: true, cause: 'edit' } as const
  const undo = { groupId: 'u', atomic: false, cause: { undoes: 'x' } } as const
  recorder.record([toggle(false, { id: 'cup', changeId: 'atomic', group: atomic })])
  recorder.record([toggle(true, { id: 'cup', changeId: 'undo', group: undo })])
  expect(ids('cup')).toEqual(['written', 'later', 'atomic', 'undo'])
})

test('[A5] an entity that is deleted and made again and again is two changes at most', async () => {
  const { environment, data, recorder } = await recorderOn(memoryStorage())
  loop(recorder, 501, { id: 'lamp' })
  await environment.advance(250)
  for (let time = 0; time < 20; time += 1) {
    recorder.record([changeOf({ changeId: `gone-${time}`, kind: 'delete', patch: {}, baseValues: { name: 'Tent' } })])
    recorder.record([changeOf({ changeId: `back-${time}`, kind: 'create', patch: { name: `Tent ${time}` }, baseValues: {} })])
  }
  expect(data.replica.outbox.of(entityKey('items', 'tent'))).toMatchObject([
    { changeId: 'gone-0', kind: 'delete' },
    { changeId: 'back-19', kind: 'create' },
  ])
})

test('[A5] one action on thousands of entities is one call', async () => {
  const { environment, recorder, runaways, appended } = await recorderOn(memoryStorage())
  recorder.record(Array.from({ length: 10_000 }, (_, index) => changeOf({ id: `item-${index}`, changeId: `change-${index}` })))
  await environment.settle()
  expect(runaways).toEqual([])
  expect(appended().map((changes) => changes.length)).toEqual([10_000])
})

test('[A5] [OB2] whatever a loop does, what is recorded comes to what it did', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ id: fc.constantFrom('cup', 'pan'), quantity: fc.nat(3), wait: fc.constantFrom(0, 0, 0, 100) }), { maxLength: 40 }), async (edits) => {
      const { environment, data, recorder } = await recorderOn(memoryStorage())
      loop(recorder, 502, { id: 'lamp' })
      const now = new Map<string, number>()
      for (const [index, { id, quantity, wait }] of edits.entries()) {
        const baseValues = { quantity: now.get(id) ?? 0 }
        recorder.record([changeOf({ id, changeId: `edit-${index}`, patch: { quantity }, baseValues })])
        now.set(id, quantity)
        await environment.advance(wait)
      }
      await environment.advance(500)
      for (const [id, quantity] of now) {
        const changes = [...data.replica.outbox.byEntity()].flat().filter((change) => change.id === id)
        expect(changes).toHaveLength(data.replica.outbox.of(entityKey('items', id)).length)
        expect(overlay(rowOf({ id, fields: { quantity: 0 } }), changes)).toEqual({ quantity })
      }
    }),
    { numRuns: 30 },
  )
})
