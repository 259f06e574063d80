import { describe, expect, test } from 'vitest'
import type { Change } from '../core/types.ts'
import { changeOf } from '../testing/builders.ts'
import { scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'
import { guest } from './adoption.ts'
import { withLastEdits, type LastEdits } from './last-edits.ts'
import { memoryStorage } from './memory-storage.ts'
import type { Storage } from './ports.ts'

/** As the browser's, with a page that the test sends away. */
function lastEditsOf(hasRoom = true) {
  const kept = new Map<string, Map<string, Change>>()
  const listeners = new Set<() => void>()
  let isGoing = false
  const of = (user: string) => kept.get(user) ?? kept.set(user, new Map()).get(user)!
  const lastEdits: LastEdits = {
    keep: (user, changes) => {
      for (const change of hasRoom ? changes : []) of(user).set(change.changeId, change)
      return hasRoom
    },
    isKept: (user, changeId) => of(user).has(changeId),
    forget: (user, changeIds) => changeIds.forEach((changeId) => of(user).delete(changeId)),
    of: (user) => [...of(user).values()],
    isGoing: () => isGoing,
    follow: (onGoing) => {
      listeners.add(onGoing)
      return () => listeners.delete(onGoing)
    },
  }
  const go = () => {
    isGoing = true
    for (const listener of listeners) listener()
  }
  return { lastEdits, go, comeBack: () => (isGoing = false), names: (user = 'ann') => lastEdits.of(user).map(({ patch }) => patch['name']) }
}

/** A storage that a dead page's transactions never reach. */
function storageOf() {
  const disk = memoryStorage()
  const is = { dead: false }
  const dying: Storage = { ...disk, commit: (write) => (is.dead ? new Promise<never>(() => {}) : disk.commit(write)) }
  return { disk, dying, is }
}

const named = (name: string) => ({ tripId: 'lakes', name })
const sent = ({ server }: { server: TestEngine['server'] }) => server.pushes.flat().map(({ patch }) => patch['name'])

async function pageOn(last: ReturnType<typeof lastEditsOf>, storage: Storage, server = scriptedServer()): Promise<TestEngine> {
  return openTestEngine({ server, online: false, parts: { lastEdits: last.lastEdits, openStorage: withLastEdits(() => Promise.resolve(storage), last.lastEdits) } })
}

describe('[OB2] [OB4] what is dispatched while a page goes', () => {
  test('is recorded by the next one, in its order, once, with what was on its way to the disk then', async () => {
    const last = lastEditsOf()
    const { disk, dying, is } = storageOf()
    const page = await pageOn(last, dying)
    is.dead = true
    page.edit(undefined, named('Tent'))
    await page.environment.settle()
    last.go()
    page.edit(named('Tent'), named('Big tent'))
    await page.environment.settle()
    const next = await pageOn(last, disk)
    expect(next.shown('items', 'tent')).toEqual(named('Big tent'))
    expect([next.state().pending, last.names()]).toEqual([2, []])
    next.network('online')
    await next.environment.advance(1_000)
    expect(sent(next)).toEqual(['Big tent'])
  })

  test('and is stored all the same is not recorded again, also when it has been sent meanwhile', async () => {
    const last = lastEditsOf()
    const { disk, dying } = storageOf()
    // The page dies after the transaction, and before it hears of it.
    const page = await pageOn({ ...last, lastEdits: { ...last.lastEdits, forget: () => {} } }, dying)
    last.go()
    page.edit(undefined, named('Tent'))
    const { changeId } = last.lastEdits.of('ann')[0]!
    await page.environment.settle()
    page.network('online')
    await page.environment.advance(1_000)
    expect(last.lastEdits.isKept('ann', changeId)).toBe(true)
    const next = await pageOn(last, disk)
    expect(next.state().pending).toBe(0)
  })

  test('is found by a tab that leads, when it asks what others have written [TB1]', async () => {
    const last = lastEditsOf()
    const { disk } = storageOf()
    const tab = await pageOn(last, disk)
    tab.network('online')
    last.lastEdits.keep('ann', [changeOf({ kind: 'create', patch: named('Tent'), baseValues: {}, baseVersion: null })])
    await tab.environment.advance(10_000)
    expect([sent(tab), last.names()]).toEqual([['Tent'], []])
  })

  test('is recorded by the page itself where it lives on, and kept no longer', async () => {
    const last = lastEditsOf()
    const page = await pageOn(last, memoryStorage())
    last.go()
    page.edit(undefined, named('Tent'))
    expect(last.names()).toEqual(['Tent'])
    await page.environment.settle()
    expect([last.names(), page.state().pending]).toEqual([[], 1])
  })

  test('is not recorded twice where the page comes back after another tab has taken it in', async () => {
    const last = lastEditsOf()
    const { disk } = storageOf()
    let isRefusing = true
    const page = await pageOn(last, { ...disk, commit: (write) => (isRefusing && (write.append ?? []).length > 0 ? Promise.reject(new Error('Frozen.')) : disk.commit(write)) })
    last.go()
    page.edit(undefined, named('Tent'))
    await page.environment.settle()
    const next = await pageOn(last, disk)
    expect(next.state().pending).toBe(1)
    isRefusing = false
    last.comeBack()
    await page.environment.advance(60_000)
    expect((await disk.readAll()).filter(([key]) => key.startsWith('change/'))).toHaveLength(1)
  })

  test('and cannot be kept is stored if the page lives long enough', async () => {
    const last = lastEditsOf(false)
    const { disk } = storageOf()
    const page = await pageOn(last, disk)
    last.go()
    page.edit(undefined, named('Tent'))
    await page.environment.settle()
    expect(page.state().pending).toBe(1)
    expect((await disk.readAll()).filter(([key]) => key.startsWith('change/'))).toHaveLength(1)
  })

  test('[ID2] is its user’s alone', async () => {
    const last = lastEditsOf()
    last.lastEdits.keep(guest, [changeOf({ user: guest })])
    const page = await pageOn(last, memoryStorage())
    expect([page.state().pending, last.names(guest).length]).toEqual([0, 1])
  })

  test('is recorded once by two tabs that open at once', async () => {
    const last = lastEditsOf()
    const { disk } = storageOf()
    last.lastEdits.keep('ann', [changeOf()])
    await Promise.all([pageOn(last, disk), pageOn(last, disk)])
    expect((await disk.readAll()).filter(([key]) => key.startsWith('change/'))).toHaveLength(1)
  })
})
