import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import type { RecordedChange } from '../core/types.ts'
import { changeOf, recordsIn } from '../testing/builders.ts'
import { gate } from '../testing/gate.ts'
import { adopt, guest, type AdoptionParts } from './adoption.ts'
import { memoryStorage } from './memory-storage.ts'
import { sealedWrite } from './opening.ts'
import type { OpenStorage, Storage, TabMessage } from './ports.ts'

const never = () => new Promise<never>(() => {})

/** What a device keeps, by user, with two things that a guest has made. */
async function keptBy() {
  const stores = new Map<string, Storage>()
  const open: OpenStorage = (user) => {
    const store = stores.get(user) ?? memoryStorage()
    stores.set(user, store)
    return Promise.resolve(store)
  }
  const record = async (user: string, ...ids: string[]) => {
    const append = ids.map((id) => changeOf({ changeId: `made-${id}`, id, user, device: 'of-nobody', kind: 'create' }))
    await (await open(user)).commit(sealedWrite({ append }))
  }
  const changes = async (user: string) => {
    const records = await recordsIn(await open(user))
    return [...records].flatMap(([key, value]) => (key.startsWith('change/') ? [value as RecordedChange] : []))
  }
  await record(guest, 'tent', 'cup')
  return { open, record, changes, ids: async (user: string) => (await changes(user)).map(({ id }) => id) }
}

const partsOf = (openStorage: OpenStorage, given: Partial<AdoptionParts> = {}): AdoptionParts => ({ openStorage, newId: () => crypto.randomUUID(), tell: () => {}, ...given })

/** A program that dies at its write of this number, before it is done or as soon as it is; nothing of it is heard again. */
function mortal(open: OpenStorage, at: number, moment: 'before' | 'after') {
  const death = gate()
  let writes = 0
  const alive = <T>(work: () => Promise<T>): Promise<T> => (writes >= at ? never() : work())
  const openStorage: OpenStorage = async (user) => {
    const storage = await open(user)
    return {
      readAll: () => alive(() => storage.readAll()),
      lastCommit: () => alive(() => storage.lastCommit()),
      close: () => {},
      commit: (write) =>
        alive(async () => {
          writes += 1
          if (writes < at) return storage.commit(write)
          if (moment === 'after') await storage.commit(write)
          death.open()
          return never()
        }),
    }
  }
  return { openStorage, died: death.passed }
}

test('[ID4] [OB1] guest work becomes the user’s: same changes and ids, another owner, and nothing is left of it', async () => {
  const device = await keptBy()
  const before = await device.changes(guest)
  await adopt('ann', partsOf(device.open))
  const after = await device.changes('ann')
  expect(after).toEqual(before.map((change) => ({ ...change, user: 'ann', device: after[0]!.device })))
  expect(await device.changes(guest)).toEqual([])
})

test('[ID4] what names the guest as a user names the user then, and nothing else is altered', async () => {
  const device = await keptBy()
  const of = { scope: guest, patch: { userId: guest, name: 'guest', of: [guest] }, baseValues: { userId: guest } }
  await (await device.open(guest)).commit(sealedWrite({ append: [changeOf({ id: 'rule', user: guest, ...of })] }))
  await adopt('ann', partsOf(device.open))
  expect((await device.changes('ann')).at(-1)).toMatchObject({ id: 'rule', scope: 'ann', patch: { userId: 'ann', name: 'guest', of: [guest] }, baseValues: { userId: 'ann' } })
})

test('[ID4] it is added to what the user has on the device, as work of that device', async () => {
  const device = await keptBy()
  const store = await device.open('ann')
  await store.commit(sealedWrite({ puts: [[keys.device, 'phone']] }))
  await device.record('ann', 'map')
  await adopt('ann', partsOf(device.open))
  expect((await device.changes('ann')).map(({ id, sequence, device: made }) => [id, sequence, made])).toEqual([
    ['map', 1, 'of-nobody'],
    ['tent', 2, 'phone'],
    ['cup', 3, 'phone'],
  ])
})

test('[ID4] where there is no guest work nothing is written', async () => {
  const device = await keptBy()
  await adopt('ann', partsOf(device.open))
  const commits = await Promise.all([guest, 'ann'].map(async (user) => (await device.open(user)).lastCommit()))
  await adopt('ann', partsOf(device.open))
  expect(await Promise.all([guest, 'ann'].map(async (user) => (await device.open(user)).lastCommit()))).toEqual(commits)
})

test('[ID4] [ID2] work goes to the first who signs in, later work to the next', async () => {
  const device = await keptBy()
  await adopt('ann', partsOf(device.open))
  await adopt('ben', partsOf(device.open))
  expect(await device.ids('ben')).toEqual([])
  await device.record(guest, 'map')
  await adopt('ben', partsOf(device.open))
  expect([await device.ids('ann'), await device.ids('ben')]).toEqual([['tent', 'cup'], ['map']])
})

test('[ID4] a tab that sleeps before its last write, and wakes amidst the next adoption, has nothing copied twice', async () => {
  const device = await keptBy()
  const [asleep, awake] = [gate(), gate()]
  let isSleeping = true
  const sleepy: OpenStorage = async (user) => {
    const storage = await device.open(user)
    const commit: Storage['commit'] = async (write) => {
      if (isSleeping && (write.deletes ?? []).length > 0) {
        isSleeping = false
        asleep.open()
        await awake.passed
      }
      return storage.commit(write)
    }
    return { ...storage, commit }
  }
  const late = adopt('ann', partsOf(sleepy))
  await asleep.passed
  await adopt('ann', partsOf(device.open))
  await device.record(guest, 'map')
  const { openStorage, died } = mortal(device.open, 3, 'before')
  void adopt('ann', partsOf(openStorage))
  await died
  awake.open()
  await late
  await adopt('ann', partsOf(device.open))
  expect([await device.ids('ann'), await device.ids(guest)]).toEqual([['tent', 'cup', 'map'], []])
})

test('[ID4] other tabs of the user are told', async () => {
  const device = await keptBy()
  const told: [string, TabMessage][] = []
  await adopt('ann', partsOf(device.open, { tell: (...message) => told.push(message) }))
  expect(told.map(([user, message]) => [user, message.is === 'commit' && message.puts.map(([key]) => key)])).toEqual([['ann', [keys.adopted, keys.device, keys.change(1), keys.change(2)]]])
})

describe.each([1, 2, 3])('[ID4] a device that dies at write %i of an adoption', (at) => {
  test.each(['before', 'after'] as const)('%s it is done: afterwards everything is there once', async (moment) => {
    const device = await keptBy()
    const { openStorage, died } = mortal(device.open, at, moment)
    void adopt('ann', partsOf(openStorage))
    await died
    await adopt('ann', partsOf(device.open))
    expect([await device.ids('ann'), await device.ids(guest)]).toEqual([['tent', 'cup'], []])
    expect(new Set((await device.changes('ann')).map(({ user }) => user))).toEqual(new Set(['ann']))
  })

  test.each(['before', 'after'] as const)('%s it is done, and at which somebody else signs in next: each has what is theirs, once', async (moment) => {
    const device = await keptBy()
    const { openStorage, died } = mortal(device.open, at, moment)
    void adopt('ann', partsOf(openStorage))
    await died
    await device.record(guest, 'map')
    await adopt('ben', partsOf(device.open))
    // Until the claim is written nobody has signed in as far as the device knows.
    const nobody = at === 1 && moment === 'before'
    expect([await device.ids('ann'), await device.ids('ben')]).toEqual(nobody ? [[], ['tent', 'cup', 'map']] : [['tent', 'cup'], ['map']])
    expect(await device.ids(guest)).toEqual([])
  })
})

/** A tab that is frozen at its write of this number, and thaws when told. */
function frozen(open: OpenStorage, at: number) {
  const reached = gate()
  const thaw = gate()
  let writes = 0
  const openStorage: OpenStorage = async (user) => {
    const storage = await open(user)
    return {
      ...storage,
      commit: async (write) => {
        writes += 1
        if (writes === at) {
          reached.open()
          await thaw.passed
        }
        return storage.commit(write)
      },
    }
  }
  return { openStorage, reached: reached.passed, thaw: thaw.open }
}

test.each([1, 2, 3])('[ID4] [TB2] a tab that is frozen at write %i of an adoption copies nothing twice when it thaws', async (at) => {
  const device = await keptBy()
  const first = frozen(device.open, at)
  const late = adopt('ann', partsOf(first.openStorage))
  await first.reached
  await adopt('ann', partsOf(device.open))
  await device.record(guest, 'map')
  first.thaw()
  await late
  expect([await device.ids('ann'), await device.ids(guest)]).toEqual([['tent', 'cup', 'map'], []])
})

test('[ID4] [TB1] tabs that adopt at once adopt once, and what a guest makes meanwhile in a third comes along', async () => {
  const device = await keptBy()
  await Promise.all([adopt('ann', partsOf(device.open)), adopt('ann', partsOf(device.open)), device.record(guest, 'map')])
  expect([(await device.ids('ann')).toSorted(), await device.ids(guest)]).toEqual([['cup', 'map', 'tent'], []])
})

test('[ID4] a storage that refuses is told, and keeps the work', async () => {
  const device = await keptBy()
  const full: OpenStorage = async (user) => ({ ...(await device.open(user)), commit: () => Promise.reject(new Error('full')) })
  await expect(adopt('ann', partsOf(full))).rejects.toThrow('full')
  expect(await device.ids(guest)).toEqual(['tent', 'cup'])
})
