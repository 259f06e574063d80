import { expect, test } from 'vitest'
import { unseal } from '../core/sealed.ts'
import type { Change } from '../core/types.ts'
import { changeOf } from '../testing/builders.ts'
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
  const data = await LocalData.open({ storage: watched, tabs: alone('ann'), newId: environment.newId })
  const failures: unknown[] = []
  const recorder = new Recorder({ data, environment, onRecorded: () => {}, onFailed: (cause) => failures.push(cause), onRunaway: () => {} })
  const record = (...names: string[]) => recorder.record(names.map((name) => changeOf({ changeId: name })))
  const stored = () => [...data.replica.outbox.byEntity()].flat().map(({ changeId, sequence }) => `${sequence} ${changeId}`)
  const appended = () => commits.flatMap(({ append = [] }) => (append.length > 0 ? [append.map((sealed) => (unseal(sealed) as { value: Change }).value.changeId)] : []))
  return { environment, data, recorder, failures, record, stored, appended }
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
