import { expect, test } from 'vitest'
import type { TabMessage } from '../engine/ports.ts'
import { gate } from '../testing/gate.ts'
import { webTabs } from './tabs.ts'

const message: TabMessage = { puts: [['a', 1]], deletes: ['b'] }

/** A tab that campaigns; `leads` resolves once it leads, and it leads until `end`. */
function campaigning(user: string) {
  const tab = webTabs()(user)
  const leads = gate()
  const ended = gate()
  const resign = tab.campaign(() => {
    leads.open()
    return ended.passed
  })
  return { tab, leads: leads.passed, end: () => ended.open(), resign }
}

/** Who holds the lock of a user and who waits for it. */
async function queue(user: string) {
  const { held = [], pending = [] } = await navigator.locks.query()
  const ofUser = (locks: LockInfo[]) => locks.filter(({ name }) => name === `stowaway:${user}`).length
  return { held: ofUser(held), pending: ofUser(pending) }
}

test('[TB1] of two tabs one leads; the other takes over when it ends', async () => {
  const user = crypto.randomUUID()
  const [first, second] = [campaigning(user), campaigning(user)]
  await first.leads
  await expect.poll(() => queue(user)).toEqual({ held: 1, pending: 1 })
  first.end()
  await second.leads
  expect(await queue(user)).toEqual({ held: 1, pending: 0 })
  second.end()
})

test('[TB1] a tab that resigns while it waits leaves the queue', async () => {
  const user = crypto.randomUUID()
  const [first, second] = [campaigning(user), campaigning(user)]
  await first.leads
  await expect.poll(() => queue(user)).toEqual({ held: 1, pending: 1 })
  second.resign()
  await expect.poll(() => queue(user)).toEqual({ held: 1, pending: 0 })
  first.end()
})

test('[ID2] tabs of two users lead beside each other', async () => {
  const users = [crypto.randomUUID(), crypto.randomUUID()] as const
  const [ann, ben] = [campaigning(users[0]), campaigning(users[1])]
  await Promise.all([ann.leads, ben.leads])
  expect(await Promise.all(users.map(queue))).toEqual([{ held: 1, pending: 0 }, { held: 1, pending: 0 }])
  ann.end()
  ben.end()
})

test('[TB2] what one tab tells the others hear, and it itself does not', async () => {
  const user = crypto.randomUUID()
  const [one, other, stranger] = [webTabs()(user), webTabs()(user), webTabs()(crypto.randomUUID())]
  const heard: string[] = []
  one.listen(() => heard.push('one'))
  stranger.listen(() => heard.push('stranger'))
  const told = new Promise<TabMessage>((resolve) => other.listen(resolve))
  one.tell(message)
  expect(await told).toMatchObject(message)
  expect(heard).toEqual([])
})

test('[TB3] messages of another version or form are left alone, and the next one is heard', async () => {
  const user = crypto.randomUUID()
  const [one, other] = [webTabs()(user), webTabs()(user)]
  const heard: TabMessage[] = []
  const last = gate()
  other.listen((each) => {
    heard.push(each)
    last.open()
  })
  const raw = new BroadcastChannel(`stowaway:${user}`)
  for (const strange of [{ ...message, version: 2 }, message, 'text', null, { version: 1 }, { version: 1, puts: {}, deletes: [] }]) raw.postMessage(strange)
  one.tell(message)
  await last.passed
  expect(heard).toEqual([{ ...message, version: 1 }])
  raw.close()
})

test('a closed tab hears nothing more', async () => {
  const user = crypto.randomUUID()
  const [one, other, witness] = [webTabs()(user), webTabs()(user), webTabs()(user)]
  const heard: TabMessage[] = []
  other.listen((each) => heard.push(each))
  other.close()
  const told = new Promise<TabMessage>((resolve) => witness.listen(resolve))
  one.tell(message)
  await told
  expect(heard).toEqual([])
})
