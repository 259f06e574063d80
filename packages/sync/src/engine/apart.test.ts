import { expect, test } from 'vitest'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { tabsOfOneProcess } from '../testing/tabs-of-one-process.ts'
import { apart } from './apart.ts'
import type { TabMessage } from './ports.ts'

const commit: TabMessage = { is: 'commit', number: 7, puts: [['held/items', 1]], deletes: [] }
const leader: TabMessage = { is: 'leader', number: 7, hidden: true }
const never = () => new Promise<void>(() => {})

/** A tab that works in memory, and one beside it that does not. */
function besides() {
  const process = tabsOfOneProcess()
  const environment = fakeEnvironment()
  const is = { waiting: false }
  const other = process.open('ann')
  const inMemory = apart(process.open('ann'), { environment, waits: () => Promise.resolve(is.waiting) })
  return { process, environment, is, other, inMemory }
}

test('[ST2] of what is written in memory nothing is told or believed, as its writes have numbers of their own; who leads is', () => {
  const { process, other, inMemory } = besides()
  const heard: TabMessage[] = []
  inMemory.listen({ onMessage: (message) => heard.push(message), onMissed: () => {} })
  for (const tab of [inMemory, other]) for (const message of [commit, leader, { is: 'question' } as const]) tab.tell(message)
  const withoutNumber = { ...leader, number: 0 }
  expect(process.told.slice(0, 2)).toEqual([withoutNumber, { is: 'question' }])
  expect(heard).toEqual([withoutNumber, { is: 'question' }])
})

test('[ST2] while something waits in memory the lead is taken every 10 s, and never when nothing does, or after it has resigned', async () => {
  const { environment, is, other, inMemory } = besides()
  let [deposed, led] = [0, 0]
  other.campaign({ lead: never, onDeposed: () => void (deposed += 1) })
  const campaign = inMemory.campaign({ lead: () => ((led += 1), never()), onDeposed: () => {} })
  await environment.advance(60_000)
  expect([led, deposed]).toEqual([0, 0])
  is.waiting = true
  await environment.advance(10_000)
  expect([led, deposed]).toEqual([1, 1])
  campaign.resign()
  const { length } = environment.delays
  await environment.advance(60_000)
  expect(environment.delays).toHaveLength(length)
})
