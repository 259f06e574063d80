import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { StorageError } from '../core/storage-error.ts'
import type { RecordedChange } from '../core/types.ts'
import { changeOf, opOf, recordsIn } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { alone } from './alone.ts'
import { memoryStorage } from './memory-storage.ts'
import { sealedWrite } from './opening.ts'
import type { Storage } from './ports.ts'
import { standIn } from './stand-in.ts'

const step = (changeId: string) => changeOf({ changeId, id: changeId, group: { groupId: changeId, atomic: false, cause: 'edit' } })
const batchOf = (change: RecordedChange): [string, unknown] => [keys.batch, { batchId: change.changeId, ops: [opOf([change])] }]
const changesIn = async (storage: Storage) => new Map([...(await recordsIn(storage))].flatMap(([key, value]) => (key.startsWith('change/') ? [[key, value as RecordedChange] as const] : [])))
const idsIn = async (storage: Storage) => [...(await changesIn(storage)).values()].map(({ changeId }) => changeId)

test.each([1_900, 1_970, 2_026, 2_109, 2_150, 9_999])('[ST2] [OB4] numbers given in memory are each given once, also by a clock that shows the year %i, and by the device afterwards', async (year) => {
  const disk = memoryStorage()
  let isThere = false
  const openStorage = () => (isThere ? Promise.resolve(disk) : Promise.reject(new StorageError('absent', 'It cannot be opened.')))
  const stored = standIn({ openStorage, openTabs: alone, environment: fakeEnvironment(Date.UTC(year, 0, 1)) })
  await (await stored.openStorage('ann')).commit(sealedWrite({ append: ['a', 'b', 'c'].map(step) }))
  isThere = true
  await (await stored.openStorage('ann')).commit(sealedWrite({ append: ['d', 'e'].map(step) }))
  expect(await idsIn(disk)).toEqual(['a', 'b', 'c', 'd', 'e'])
  const sequences = [...(await changesIn(disk)).values()].map(({ sequence }) => sequence)
  expect(sequences.every(Number.isSafeInteger)).toBe(true)
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b))
})

/** A full device on which a tab goes on in memory with a change of its own, whose number another tab gives as well, on the device. */
async function numberGivenTwice() {
  const disk = memoryStorage()
  await disk.commit(sealedWrite({ append: [step('stored')] }))
  const stored = standIn({ openStorage: () => Promise.resolve(disk), openTabs: alone, environment: fakeEnvironment() })
  await stored.refuse('ann', 'full', { records: new Map(), changes: [step('own')] })
  const memory = await stored.openStorage('ann')
  const own = [...(await changesIn(memory)).values()].find(({ changeId }) => changeId === 'own')!
  await disk.commit({ ...sealedWrite({ append: [step('theirs')] }), sequenceAtLeast: own.sequence - 1 })
  expect((await changesIn(disk)).get(keys.change(own.sequence))).toMatchObject({ changeId: 'theirs' })
  const { term } = await memory.commit({ term: 'next' })
  return { disk, stored, memory, own, term }
}

describe('[ST2] [OB4] a tab that leads from memory, where another tab has given a number of its own as well', () => {
  test('sends its own change under it, freely, and what both know by its name', async () => {
    const { memory, own } = await numberGivenTwice()
    expect(await idsIn(memory)).toEqual(['stored', 'own'])
    expect([...(await changesIn(memory)).values()].map((change) => memory.standing?.(change))).toEqual(['named', 'free'])
    const { sequences } = await memory.commit(sealedWrite({ append: [step('next')] }))
    expect(sequences[0]).toBeGreaterThan(own.sequence + 1)
  })

  test('[OB3] [PU1] leaves to another tab what that has on its way, while both have a batch', async () => {
    const disk = memoryStorage()
    await disk.commit(sealedWrite({ append: [step('first'), step('second')] }))
    const stored = standIn({ openStorage: () => Promise.resolve(disk), openTabs: alone, environment: fakeEnvironment() })
    await stored.refuse('ann', 'full', { records: new Map(), changes: [step('own')] })
    const memory = await stored.openStorage('ann')
    const [first, second, own] = [...(await changesIn(memory)).values()]
    await memory.commit(sealedWrite({ puts: [batchOf(own!)] }))
    await disk.commit(sealedWrite({ puts: [batchOf(first!)] }))
    await memory.commit({ term: 'next' })
    expect([first!, second!, own!].map((change) => memory.standing?.(change))).toEqual(['waits', 'named', 'free'])
    expect(await stored.isBack('ann')).toBe(false)
  })

  test('leaves theirs on the device, when its own is done', async () => {
    const { disk, stored, memory, own, term } = await numberGivenTwice()
    await memory.commit({ deletes: [keys.change(own.sequence)], term })
    expect(await stored.isBack('ann')).toBe(true)
    await stored.openStorage('ann')
    expect(await idsIn(disk)).toEqual(['stored', 'theirs'])
  })

  test('brings its own there under another one, where both wait', async () => {
    const { disk, stored } = await numberGivenTwice()
    expect(await stored.isBack('ann')).toBe(true)
    await stored.openStorage('ann')
    expect(await idsIn(disk)).toEqual(['stored', 'theirs', 'own'])
  })
})
