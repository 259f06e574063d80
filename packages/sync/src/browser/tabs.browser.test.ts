import { describe, expect, test, vi } from 'vitest'
import type { TabMessage } from '../engine/ports.ts'
import { gate } from '../testing/gate.ts'
import { webTabs } from './tabs.ts'

const message: TabMessage = { is: 'commit', number: 1, puts: [['a', 1]], deletes: ['b'] }

/** A tab that campaigns; `leads` resolves once it leads, `deposed` once it is told that it does no longer. It leads until `end`. */
function campaigning(user: string) {
  const tab = webTabs()(user)
  const [leads, deposed, ended] = [gate(), gate(), gate()]
  let terms = 0
  const lead = () => {
    terms += 1
    leads.open()
    return ended.passed
  }
  const { takeOver, resign } = tab.campaign({ lead, onDeposed: () => deposed.open() })
  return { tab, leads: leads.passed, deposed: deposed.passed, terms: () => terms, end: () => ended.open(), resign, takeOver }
}

/** Who holds the lock of a user and who waits for it. */
async function queue(user: string) {
  const { held = [], pending = [] } = await navigator.locks.query()
  const ofUser = (locks: LockInfo[]) => locks.filter(({ name }) => name === `stowaway:${user}`).length
  return { held: ofUser(held), pending: ofUser(pending) }
}

/** The next message, of a tab that listens from now on. */
const next = (tab: ReturnType<ReturnType<typeof webTabs>>): Promise<TabMessage> => new Promise((onMessage) => tab.listen({ onMessage, onMissed: () => {} }))

test('[TB1] of two tabs one leads; the other takes over when it ends', async () => {
  const user = crypto.randomUUID()
  const first = campaigning(user)
  await first.leads
  const second = campaigning(user)
  await expect.poll(() => queue(user)).toEqual({ held: 1, pending: 1 })
  first.resign()
  first.end()
  await second.leads
  expect(await queue(user)).toEqual({ held: 1, pending: 0 })
  second.resign()
  second.end()
})

test('[TB1] a tab to which the browser refuses the lock stands again, and leads', async () => {
  const refused = vi.spyOn(navigator.locks, 'request').mockRejectedValueOnce(new DOMException('Not now.', 'InvalidStateError'))
  const user = crypto.randomUUID()
  const tab = campaigning(user)
  await tab.leads
  expect(refused).toHaveBeenCalledTimes(2)
  refused.mockRestore()
  tab.resign()
  tab.end()
})

test('[TB1] a tab that resigns while it waits leaves the queue', async () => {
  const user = crypto.randomUUID()
  const first = campaigning(user)
  await first.leads
  const second = campaigning(user)
  await expect.poll(() => queue(user)).toEqual({ held: 1, pending: 1 })
  second.resign()
  await expect.poll(() => queue(user)).toEqual({ held: 1, pending: 0 })
  first.resign()
  first.end()
})

test('[TB2] a lead that is stolen is told to who had it, who stands again once it has let go, and not before', async () => {
  const user = crypto.randomUUID()
  const first = campaigning(user)
  await first.leads
  const second = campaigning(user)
  await expect.poll(() => queue(user)).toEqual({ held: 1, pending: 1 })
  second.takeOver()
  await Promise.all([second.leads, first.deposed])
  expect(await queue(user)).toEqual({ held: 1, pending: 0 })
  first.end()
  await expect.poll(() => queue(user)).toEqual({ held: 1, pending: 1 })
  expect([first.terms(), second.terms()]).toEqual([1, 1])
  second.resign()
  second.end()
  await expect.poll(() => first.terms()).toBeGreaterThan(1)
  first.resign()
})

test('[TB1] a tab that lets go of the lead without resigning leads again when nobody else would', async () => {
  const user = crypto.randomUUID()
  const tab = webTabs()(user)
  const turns = [gate(), gate()]
  let terms = 0
  const { resign } = tab.campaign({
    lead: () => {
      turns[terms]?.open()
      terms += 1
      return terms === 1 ? Promise.resolve() : new Promise(() => {})
    },
    onDeposed: () => {},
  })
  await Promise.all(turns.map(({ passed }) => passed))
  expect(terms).toBe(2)
  resign()
})

const sleeps: [string, { readonly freeze: () => void; readonly thaw: () => void }][] = [
  ['freezes', { freeze: () => document.dispatchEvent(new Event('freeze')), thaw: () => document.dispatchEvent(new Event('resume')) }],
  ['puts into its back/forward cache', { freeze: () => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })), thaw: () => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })) }],
]
describe.each(sleeps)('[TB2] a tab that the browser %s', (_, { freeze, thaw }) => {
  test('lets go of the lead at once, and stands again when it goes on and has ended what it did', async () => {
    const user = crypto.randomUUID()
    const first = campaigning(user)
    await first.leads
    freeze()
    await first.deposed
    await expect.poll(() => queue(user)).toEqual({ held: 0, pending: 0 })
    const second = campaigning(user)
    await second.leads
    first.end()
    await expect.poll(() => queue(user)).toEqual({ held: 1, pending: 0 })
    thaw()
    await expect.poll(() => queue(user)).toEqual({ held: 1, pending: 1 })
    second.resign()
    second.end()
    await expect.poll(() => first.terms()).toBeGreaterThan(1)
    first.resign()
  })

  test('waits for the lead no longer, so that it does not come to a tab that sleeps', async () => {
    const user = crypto.randomUUID()
    const first = campaigning(user)
    await first.leads
    const second = campaigning(user)
    await expect.poll(() => queue(user)).toEqual({ held: 1, pending: 1 })
    freeze()
    await expect.poll(() => queue(user)).toEqual({ held: 0, pending: 0 })
    expect(second.terms()).toBe(0)
    first.end()
    first.resign()
    thaw()
    await second.leads
    second.resign()
    second.end()
  })
})

test('[ID2] tabs of two users lead beside each other', async () => {
  const users = [crypto.randomUUID(), crypto.randomUUID()] as const
  const [ann, ben] = [campaigning(users[0]), campaigning(users[1])]
  await Promise.all([ann.leads, ben.leads])
  expect(await Promise.all(users.map(queue))).toEqual([{ held: 1, pending: 0 }, { held: 1, pending: 0 }])
  for (const { resign, end } of [ann, ben]) {
    resign()
    end()
  }
})

test('[TB2] what one tab tells the others hear, and it itself does not', async () => {
  const user = crypto.randomUUID()
  const [one, other, stranger] = [webTabs()(user), webTabs()(user), webTabs()(crypto.randomUUID())]
  const heard: string[] = []
  one.listen({ onMessage: () => heard.push('one'), onMissed: () => {} })
  stranger.listen({ onMessage: () => heard.push('stranger'), onMissed: () => {} })
  const told = next(other)
  one.tell(message)
  expect(await told).toMatchObject(message)
  expect(heard).toEqual([])
})

const { is: _, ...formOfOneVersionBefore } = message
const strange: readonly unknown[] = [
  { ...formOfOneVersionBefore, version: 1 }, message, 'text', null, { version: 2 }, { is: 'commit', version: 2, number: 1, puts: {}, deletes: [] },
  { is: 'commit', version: 2, number: '1', puts: [], deletes: [] }, { is: 'commit', version: 2, number: 1, puts: [['a']], deletes: [] }, { is: 'commit', version: 2, number: 1, puts: [], deletes: [1] },
  { is: 'leader', version: 2, number: -1, hidden: false }, { is: 'leader', version: 2, number: 1 }, { is: 'song', version: 2 },
]

test('[TB3] of a message of another version or form no word is believed, but that something was told; the next one is heard', async () => {
  const user = crypto.randomUUID()
  const [one, other] = [webTabs()(user), webTabs()(user)]
  const heard: unknown[] = []
  const last = gate()
  other.listen({
    onMessage: (each) => {
      heard.push(each)
      last.open()
    },
    onMissed: (why) => heard.push(why),
  })
  const raw = new BroadcastChannel(`stowaway:${user}`)
  for (const each of strange) raw.postMessage(each)
  await expect.poll(() => heard).toEqual(strange.map(() => 'unknown'))
  one.tell(message)
  await last.passed
  expect(heard.at(-1)).toMatchObject(message)
  raw.close()
})

test('[TB3] a tab of a newer version is known by its messages, whatever their form', async () => {
  const user = crypto.randomUUID()
  const tab = webTabs()(user)
  const missed: string[] = []
  tab.listen({ onMessage: () => missed.push('heard'), onMissed: (why) => missed.push(why) })
  const raw = new BroadcastChannel(`stowaway:${user}`)
  for (const each of [{ ...message, version: 3 }, { song: 'of tomorrow', version: 4 }, { ...message, version: '3' }]) raw.postMessage(each)
  await expect.poll(() => missed).toEqual(['newer', 'newer', 'unknown'])
  raw.close()
})

test('[TB2] a tab that comes back from a freeze, from the back/forward cache or into sight may have missed something', () => {
  const missed = vi.fn<(why: string) => void>()
  const tab = webTabs()(crypto.randomUUID())
  const stop = tab.listen({ onMessage: () => {}, onMissed: missed })
  document.dispatchEvent(new Event('resume'))
  document.dispatchEvent(new Event('visibilitychange'))
  window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
  expect(missed.mock.calls).toEqual([['away'], ['away'], ['away']])
  stop()
  document.dispatchEvent(new Event('resume'))
  expect(missed).toHaveBeenCalledTimes(3)
  expect(tab.isHidden()).toBe(false)
})

test('a closed tab hears nothing more', async () => {
  const user = crypto.randomUUID()
  const [one, other, witness] = [webTabs()(user), webTabs()(user), webTabs()(user)]
  const heard: TabMessage[] = []
  other.listen({ onMessage: (each) => heard.push(each), onMissed: () => {} })
  other.close()
  const told = next(witness)
  one.tell(message)
  await told
  expect(heard).toEqual([])
})
