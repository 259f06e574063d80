import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { recordsIn } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { tabsOfOneProcess } from '../testing/tabs-of-one-process.ts'
import { openTestEngine, testDevice } from '../testing/test-engine.ts'
import { signedIn, tentEdit, userDevice } from '../testing/user-device.ts'
import { commitOnAll } from './commit-on-all.ts'
import { Engine } from './engine.ts'
import { LocalData } from './local-data.ts'
import { memoryStorage } from './memory-storage.ts'
import type { OpenStorage, OpenTabs, Storage } from './ports.ts'
import { standIn } from './stand-in.ts'

/** A storage that refuses to write while it is told to. */
function refusing() {
  const inner = memoryStorage()
  const is = { refusing: false, open: true, readWhenClosed: 0 }
  const storage: Storage = {
    ...inner,
    commit: (write) => (is.refusing ? Promise.reject(new Error('The disk fails.')) : inner.commit(write)),
    readAll: () => {
      if (!is.open) is.readWhenClosed += 1
      return inner.readAll()
    },
    close: () => (is.open = false),
  }
  return { storage, is, inner }
}

const openNothing: OpenStorage = () => Promise.reject(new Error('Not yet.'))

/** Tabs that count who listens, and how many are open. */
function counted(openTabs: OpenTabs) {
  const count = { listening: 0, open: 0 }
  const open: OpenTabs = (user) => {
    const tabs = openTabs(user)
    count.open += 1
    return {
      ...tabs,
      listen: (listener) => {
        count.listening += 1
        const end = tabs.listen(listener)
        return () => {
          count.listening -= 1
          end()
        }
      },
      close: () => {
        count.open -= 1
        tabs.close()
      },
    }
  }
  return { count, open }
}

test.each([
  ['be read', { readAll: () => Promise.reject(new Error('No.')) }],
  ['be written', { commit: () => Promise.reject(new Error('No.')) }],
])('an engine whose storage cannot %s leaves nothing behind that listens', async (_what, broken) => {
  const { storage, is } = refusing()
  const { count, open } = counted(tabsOfOneProcess().open)
  const { parts, environment } = testDevice({ parts: { openTabs: open, openStorage: () => Promise.resolve({ ...storage, ...broken }) } })
  await expect(Engine.open(parts, 'ann')).rejects.toThrow('No.')
  await environment.settle()
  expect([count, is.open]).toEqual([{ listening: 0, open: 0 }, false])
})

test('[TB2] a tab that misses a commit looks for it no longer once it is closed', async () => {
  const { storage, is } = refusing()
  const environment = fakeEnvironment()
  const { open } = tabsOfOneProcess()
  const data = await LocalData.open({ storage, tabs: open('ann'), environment })
  open('ann').tell({ is: 'commit', number: 9, puts: [], deletes: [] })
  data.close()
  await environment.settle()
  await environment.advance(5_000)
  expect(is).toMatchObject({ open: false, readWhenClosed: 0 })
})

test('[TB1] [TB2] a tab that led, resigned and is outrun by the next leader still writes what a person has decided', async () => {
  const [storage, environment] = [memoryStorage(), fakeEnvironment()]
  const data = await LocalData.open({ storage, tabs: tabsOfOneProcess().open('ann'), environment })
  const resign = data.campaign({ lead: () => new Promise(() => {}), onDeposed: () => {} })
  await environment.settle()
  resign()
  await storage.commit({ term: 'next' })
  expect(await commitOnAll(data, (draft) => draft.put(keys.device, 'decided'))).toBe(true)
  expect((await recordsIn(storage)).get(keys.device)).toBe('decided')
})

describe('[OB2] [RX3] a change that is stored is not stored again', () => {
  test('where the other tabs cannot be told of it', async () => {
    let isBroken = false
    const openTabs: OpenTabs = (user) => {
      const tabs = tabsOfOneProcess().open(user)
      const tell: typeof tabs.tell = (message) => {
        if (isBroken) throw new Error('No channel.')
        tabs.tell(message)
      }
      return { ...tabs, tell }
    }
    const { edit, environment, storage, engine } = await openTestEngine({ online: false, parts: { openTabs } })
    isBroken = true
    edit(undefined, { tripId: 'lakes' })
    await expect(environment.advance(0)).rejects.toThrow('No channel.')
    for (let second = 0; second < 10; second += 1) await environment.advance(1_000).catch(() => {})
    expect([...(await recordsIn(storage)).keys()].filter((key) => key.startsWith('change/'))).toEqual([keys.change(1)])
    expect(engine.state.pending).toBe(1)
  })
})

/** Ann has edited what her device does not take. */
async function unstored(stored?: Parameters<typeof userDevice>[0]) {
  const disk = refusing()
  const device = userDevice({ last: 'ann', stores: new Map([['ann', disk.storage]]), early: [], ...stored })
  void device.current.start()
  await device.environment.settle()
  disk.is.refusing = true
  device.current.record({ edits: [tentEdit], atomic: false })
  await device.environment.advance(1_000)
  return { device, disk }
}

describe('[ID3] a storage that takes nothing', () => {
  test('keeps nobody from signing out: the screen is cleared, and the next user’s data open', async () => {
    const { device } = await unstored()
    await device.session({ is: 'signed-out' })
    await device.session(signedIn('ben'))
    await device.environment.advance(10_000)
    expect(device.happened.filter((what) => what.startsWith('open') || what === 'clear')).toContain('open ben')
    expect(device.happened).toContain('clear')
    expect(device.current.engine?.user).toBe('ben')
  })

  test('what it did not take waits in memory, and is sent when its user comes back', async () => {
    const environment = fakeEnvironment()
    let open: OpenStorage = openNothing
    const stored = standIn({ openStorage: (user) => open(user), openTabs: tabsOfOneProcess().open, environment })
    const through = (opened: OpenStorage): OpenStorage => {
      open = opened
      return stored.openStorage
    }
    const { device, disk } = await unstored({ environment, through, parts: { openTabs: stored.openTabs }, current: { refuseStorage: stored.refuse, storageIsBack: stored.isBack } })
    await device.session({ is: 'signed-out' })
    await environment.advance(10_000)
    expect([...(await recordsIn(disk.inner)).keys()].filter((key) => key.startsWith('change/'))).toEqual([])
    await device.session(signedIn('ann'))
    disk.is.refusing = false
    await environment.advance(30_000)
    expect(device.server.pushes.flat()).toMatchObject([{ kind: 'create', id: 'tent' }])
    expect(device.current.engine).toMatchObject({ user: 'ann', problem: null })
    expect(device.state().pending).toBe(0)
  })
})
