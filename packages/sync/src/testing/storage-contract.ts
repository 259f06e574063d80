import { describe, expect, test } from 'vitest'
import { counters, keys } from '../core/records.ts'
import { seal } from '../core/sealed.ts'
import type { OpenStorage, Storage, Write } from '../engine/ports.ts'
import { changeOf } from './builders.ts'

const fresh = (): string => crypto.randomUUID()
const unstorable = (): void => {}
/** All but what the storage counts. */
const recordsIn = async (storage: Storage): Promise<(readonly [key: string, value: unknown])[]> => (await storage.readAll()).filter(([key]) => !counters.has(key))

/** What can be done to a storage that outlives its process. Behind the storage's back, as the world does it. */
export interface StorageTrials {
  /** Opens as an app of that database version does; the app's own is 1. */
  readonly openAt: (version: number) => OpenStorage
  /** Makes a record unreadable. */
  readonly spoil: (user: string, key: string) => Promise<void>
  /** There is no room left on the device until the result is called. */
  readonly fill: (user: string) => Promise<() => Promise<void>>
}

/**
 * What every storage must hold, as vitest tests.
 *
 * @param open opens the store of a user. Called twice with one user it gives two handles of one store, as two tabs have them.
 * @param trials of a storage that outlives its process.
 */
export function storageContract(title: string, open: OpenStorage, trials?: StorageTrials): void {
  describe(`storage: ${title}`, () => {
    if (trials !== undefined) lastingContract(open, trials)

    const failing: [string, Write][] = [
      ['puts', { puts: [['a', 2], ['b', unstorable]] }],
      ['deletes', { puts: [['b', unstorable]], deletes: ['a'] }],
      ['appended changes', { puts: [['b', unstorable]], append: [changeOf()] }],
    ]
    test.each(failing)('[ST1] a value that cannot be stored fails the whole write, its %s too', async (_, write) => {
      const storage = await open(fresh())
      await storage.commit({ puts: [['a', 1]] })
      await expect(storage.commit(write)).rejects.toBeInstanceOf(Error)
      expect(await recordsIn(storage)).toEqual([['a', 1]])
      expect((await storage.commit({ append: [changeOf()] })).sequences).toEqual([1])
    })

    test('[ST1] puts and deletes are one write; a delete of what is not there is none', async () => {
      const storage = await open(fresh())
      await storage.commit({ puts: [['a', 1], ['b', { deep: [null, 'x'] }]] })
      expect((await storage.commit({ puts: [['c', 3], ['b', 4]], deletes: ['a', 'never'] })).sequences).toEqual([])
      expect(await recordsIn(storage)).toEqual([['b', 4], ['c', 3]])
    })

    test('records come in the order of their keys, changes in that of their sequences', async () => {
      const storage = await open(fresh())
      const names = ['scope/a', 'batch', 'page/items/a/0', keys.change(10), keys.change(9), keys.change(100)]
      await storage.commit({ puts: names.map((name) => [name, name]) })
      const read = (await recordsIn(storage)).map(([name]) => name)
      expect(read).toEqual(['batch', keys.change(9), keys.change(10), keys.change(100), 'page/items/a/0', 'scope/a'])
    })

    test('[OB2] two handles that append at once never share a sequence, and each is told its own in order', async () => {
      const user = fresh()
      const handles = await Promise.all([open(user), open(user)])
      const writes = Array.from({ length: 20 }, (_, index) => {
        const append = ['first', 'second'].map((half) => changeOf({ changeId: `${index}-${half}` }))
        return handles[index % 2]!.commit({ append }).then(({ sequences }) => sequences)
      })
      const given = await Promise.all(writes)
      for (const [first, second] of given) expect(second).toBe(first! + 1)
      const stored = (await recordsIn(handles[0])).filter(([name]) => name.startsWith('change/'))
      expect(stored.map(([name]) => name)).toEqual(Array.from({ length: 40 }, (_, index) => keys.change(index + 1)))
      for (const [index, sequences] of given.entries()) {
        const expected = { changeId: `${index}-first`, sequence: sequences[0] }
        expect(new Map(stored).get(keys.change(sequences[0]!))).toMatchObject(expected)
      }
    })

    test('[OB2] what was committed is there after reopening, and sequences are never given twice', async () => {
      const user = fresh()
      const before = await open(user)
      const { sequences: [sequence], number } = await before.commit({ puts: [['device', 'd']], append: [changeOf()] })
      await before.commit({ deletes: [keys.change(sequence!)] })
      expect(await before.lastCommit()).toBe(number + 1)
      before.close()
      const after = await open(user)
      expect(await recordsIn(after)).toContainEqual(['device', 'd'])
      expect((await after.commit({ append: [changeOf()] })).sequences).toEqual([sequence! + 1])
    })

    test('[TB2] every write has the number after that of the one before, whoever writes; one that fails has none', async () => {
      const user = fresh()
      const [one, other] = await Promise.all([open(user), open(user)])
      expect(await one.lastCommit()).toBe(0)
      const writes = Array.from({ length: 10 }, (_, index) => [one, other][index % 2]!.commit(index % 3 === 0 ? { append: [changeOf()] } : { puts: [['a', index]] }))
      const numbers = (await Promise.all(writes)).map(({ number }) => number)
      expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      await expect(one.commit({ puts: [['b', unstorable]] })).rejects.toBeInstanceOf(Error)
      expect(await other.lastCommit()).toBe(10)
      const { number } = await other.commit({ deletes: ['a'] })
      expect([number, await one.lastCommit(), new Map(await one.readAll()).get(keys.commits)]).toEqual([11, 11, 11])
    })

    test('[TB2] [ST1] a write of a term that is over writes nothing, and says so; one of the term that holds, or of none, is done', async () => {
      const user = fresh()
      const [old, young] = await Promise.all([open(user), open(user)])
      const { term: first } = await old.commit({ term: 'next' })
      await old.commit({ term: first, puts: [['a', 1]] })
      const { term: second } = await young.commit({ term: 'next', puts: [['b', 1]] })
      expect(second).toBe(first + 1)
      const late = old.commit({ term: first, puts: [['a', 2]], deletes: ['b'], append: [changeOf()] })
      await expect(late).rejects.toMatchObject({ name: 'SyncError', code: 'outdated-term' })
      expect(await recordsIn(young)).toEqual([['a', 1], ['b', 1]])
      const { term, sequences } = await old.commit({ append: [changeOf()] })
      expect([term, sequences]).toEqual([second, [1]])
      await young.commit({ term: second, puts: [['a', 3]] })
      expect(await recordsIn(old)).toContainEqual(['a', 3])
    })

    test('[TB2] of tabs that begin a term at once each has its own', async () => {
      const user = fresh()
      const handles = await Promise.all([open(user), open(user), open(user)])
      const terms = (await Promise.all(handles.map((handle) => handle.commit({ term: 'next' })))).map(({ term }) => term)
      expect(terms.toSorted((a, b) => a - b)).toEqual([1, 2, 3])
    })

    test('[TB2] [ST2] a write that is not counted takes no number, and its term is compared all the same', async () => {
      const storage = await open(fresh())
      const { term, number } = await storage.commit({ term: 'next', puts: [['a', 1], ['b', 1]] })
      expect((await storage.commit({ deletes: ['a'], term, uncounted: true })).number).toBe(number)
      expect([await recordsIn(storage), await storage.lastCommit()]).toEqual([[['b', 1]], number])
      await expect(storage.commit({ deletes: ['b'], term: term + 1, uncounted: true })).rejects.toMatchObject({ code: 'outdated-term' })
      expect(await recordsIn(storage)).toEqual([['b', 1]])
    })

    test('[TB2] [ST2] where the term was taken away no leader of before writes, and the next write notes up to where names were given, and leaves a number out', async () => {
      const storage = await open(fresh())
      const { term } = await storage.commit({ term: 'next' })
      await storage.commit({ append: [changeOf(), changeOf()] })
      const { number } = await storage.commit({ puts: [['a', 1]] })
      await expect(storage.commit({ deletes: [keys.term], uncounted: true, after: number - 1 })).rejects.toMatchObject({ code: 'outdated-read' })
      await storage.commit({ deletes: [keys.term], uncounted: true, after: number })
      await expect(storage.commit({ puts: [['a', 2]], term })).rejects.toMatchObject({ code: 'outdated-term' })
      const { named, sequences, number: next } = await storage.commit({ append: [changeOf()] })
      expect([named, sequences, next]).toEqual([2, [3], number + 2])
      // Taken away once more, before what has its name by now is settled: the first word holds.
      await storage.commit({ deletes: [keys.term], uncounted: true })
      const led = await storage.commit({ term: 'next' })
      expect([led.named, led.term > term]).toEqual([2, true])
      await storage.commit({ deletes: [keys.named], term: led.term })
      expect((await storage.commit({ term: 'next' })).named).toBe(0)
    })

    test('[ID4] [ST1] a write that stands on the last one is done once: after any other nothing of it is written, and it says so', async () => {
      const user = fresh()
      const [first, second] = await Promise.all([open(user), open(user)])
      const { number } = await first.commit({ puts: [['a', 1]] })
      const outcomes = await Promise.allSettled([first, second].map((handle) => handle.commit({ append: [changeOf()], puts: [['b', 1]], deletes: ['a'], after: number })))
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
      expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { name: 'SyncError', code: 'outdated-read' } })
      expect((await recordsIn(first)).map(([key]) => key)).toEqual(['b', keys.change(1)])
    })

    test('[ID2] two users share nothing', async () => {
      const [ann, ben] = await Promise.all([open(fresh()), open(fresh())])
      await ann.commit({ puts: [['device', 'd']] })
      expect(await recordsIn(ben)).toEqual([])
    })
  })
}

/** Several times what `fill` leaves. */
const large = 'x'.repeat(3_000_000)

function lastingContract(open: OpenStorage, { openAt, spoil, fill }: StorageTrials): void {
  test('[OB8] a record that cannot be read comes as undefined, and hinders no other', async () => {
    const user = fresh()
    const storage = await open(user)
    await storage.commit({ puts: [['a', 1], ['b', seal('x')], ['c', 3]] })
    await spoil(user, 'b')
    expect(await recordsIn(storage)).toEqual([['a', 1], ['b', undefined], ['c', 3]])
  })

  test('[ST1] [ST2] without room a write fails whole, and says so; what was there stays, and with room it goes on', async () => {
    const user = fresh()
    const storage = await open(user)
    await storage.commit({ puts: [['a', 1]], append: [changeOf()] })
    const before = await recordsIn(storage)
    const makeRoom = await fill(user)
    await expect(storage.commit({ puts: [['b', 2], ['c', large]], deletes: ['a'], append: [changeOf()] })).rejects.toMatchObject({ code: 'storage', problem: 'full' })
    expect(await recordsIn(storage)).toEqual(before)
    await makeRoom()
    expect((await storage.commit({ puts: [['b', 2]], append: [changeOf()] })).sequences).toEqual([2])
  })

  test('[ST3] a newer app opens the database of an older one with all that is in it', async () => {
    const user = fresh()
    const older = await openAt(1)(user)
    await older.commit({ puts: [['device', 'd']], append: [changeOf()] })
    const before = await recordsIn(older)
    older.close()
    const newer = await openAt(2)(user)
    expect(await recordsIn(newer)).toEqual(before)
    expect((await newer.commit({ append: [changeOf()] })).sequences).toEqual([2])
    newer.close()
  })

  test('[ST3] an older app refuses the database of a newer one, and leaves it as it is', async () => {
    const user = fresh()
    const newer = await openAt(2)(user)
    await newer.commit({ puts: [['device', 'd']] })
    await expect(openAt(1)(user)).rejects.toMatchObject({ name: 'SyncError', code: 'storage', problem: 'newer' })
    expect(await recordsIn(newer)).toEqual([['device', 'd']])
    newer.close()
  })

  test('[ST3] an older app that has the database open does not hold a newer one up, and writes nothing more', async () => {
    const user = fresh()
    const older = await openAt(1)(user)
    await older.commit({ puts: [['device', 'd']] })
    const newer = await openAt(2)(user)
    await expect(older.commit({ puts: [['device', 'e']] })).rejects.toMatchObject({ problem: 'newer' })
    expect(await recordsIn(newer)).toEqual([['device', 'd']])
    older.close()
    newer.close()
  })
}
