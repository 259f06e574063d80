import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import type { OpenStorage, Write } from '../engine/ports.ts'
import { changeOf } from './builders.ts'

const fresh = (): string => crypto.randomUUID()
const unstorable = (): void => {}

/**
 * What every storage must hold, as vitest tests.
 *
 * @param open opens the store of a user. Called twice with one user it gives two handles of one store, as two tabs have them.
 */
export function storageContract(title: string, open: OpenStorage): void {
  describe(`storage: ${title}`, () => {
    const failing: [string, Write][] = [
      ['puts', { puts: [['a', 2], ['b', unstorable]] }],
      ['deletes', { puts: [['b', unstorable]], deletes: ['a'] }],
      ['appended changes', { puts: [['b', unstorable]], append: [changeOf()] }],
    ]
    test.each(failing)('[ST1] a value that cannot be stored fails the whole write, its %s too', async (_, write) => {
      const storage = await open(fresh())
      await storage.commit({ puts: [['a', 1]] })
      await expect(storage.commit(write)).rejects.toBeInstanceOf(Error)
      expect(await storage.readAll()).toEqual([['a', 1]])
      expect(await storage.commit({ append: [changeOf()] })).toEqual([1])
    })

    test('[ST1] puts and deletes are one write; a delete of what is not there is none', async () => {
      const storage = await open(fresh())
      await storage.commit({ puts: [['a', 1], ['b', { deep: [null, 'x'] }]] })
      expect(await storage.commit({ puts: [['c', 3], ['b', 4]], deletes: ['a', 'never'] })).toEqual([])
      expect(await storage.readAll()).toEqual([['b', 4], ['c', 3]])
    })

    test('records come in the order of their keys, changes in that of their sequences', async () => {
      const storage = await open(fresh())
      const names = ['scope/a', 'batch', 'page/items/a/0', keys.change(10), keys.change(9), keys.change(100)]
      await storage.commit({ puts: names.map((name) => [name, name]) })
      const read = (await storage.readAll()).map(([name]) => name)
      expect(read).toEqual(['batch', keys.change(9), keys.change(10), keys.change(100), 'page/items/a/0', 'scope/a'])
    })

    test('[OB2] two handles that append at once never share a sequence, and each is told its own in order', async () => {
      const user = fresh()
      const handles = await Promise.all([open(user), open(user)])
      const writes = Array.from({ length: 20 }, (_, index) => {
        const append = ['first', 'second'].map((half) => changeOf({ changeId: `${index}-${half}` }))
        return handles[index % 2]!.commit({ append })
      })
      const given = await Promise.all(writes)
      for (const [first, second] of given) expect(second).toBe(first! + 1)
      const stored = (await handles[0].readAll()).filter(([name]) => name.startsWith('change/'))
      expect(stored.map(([name]) => name)).toEqual(Array.from({ length: 40 }, (_, index) => keys.change(index + 1)))
      for (const [index, sequences] of given.entries()) {
        const expected = { changeId: `${index}-first`, sequence: sequences[0] }
        expect(new Map(stored).get(keys.change(sequences[0]!))).toMatchObject(expected)
      }
    })

    test('[OB2] what was committed is there after reopening, and sequences are never given twice', async () => {
      const user = fresh()
      const before = await open(user)
      const [sequence] = await before.commit({ puts: [['device', 'd']], append: [changeOf()] })
      await before.commit({ deletes: [keys.change(sequence!)] })
      expect(await before.lastSequence()).toBe(sequence)
      before.close()
      const after = await open(user)
      expect(await after.readAll()).toContainEqual(['device', 'd'])
      expect(await after.commit({ append: [changeOf()] })).toEqual([sequence! + 1])
    })

    test('[ID2] two users share nothing', async () => {
      const [ann, ben] = await Promise.all([open(fresh()), open(fresh())])
      await ann.commit({ puts: [['device', 'd']] })
      expect(await ben.readAll()).toEqual([])
    })
  })
}
