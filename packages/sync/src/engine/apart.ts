import type { Environment, TabMessage, Tabs } from './ports.ts'

export interface ApartParts {
  readonly environment: Environment
  /** Whether this tab holds changes in memory that wait to be sent. */
  readonly waits: () => Promise<boolean>
}

/** Milliseconds between two looks whether the lead is needed. */
const lookEvery = 10_000

/**
 * For a tab that works in memory beside others [ST2]. Who leads is settled among all, so that one at a time sends; of what is written
 * nothing is told or believed, as memory counts its writes by itself. What is in memory here nobody else can send: while something
 * waits, the lead is taken now and then from whoever has it. Tabs in the same plight take turns.
 */
export function apart(tabs: Tabs, { environment, waits }: ApartParts): Tabs {
  return {
    ...tabs,
    campaign: (candidate) => {
      const campaign = tabs.campaign(candidate)
      const look = () => {
        cancel = environment.setTimer(look, lookEvery)
        void waits().then((isNeeded) => isNeeded && campaign.takeOver())
      }
      let cancel = environment.setTimer(look, lookEvery)
      return {
        takeOver: campaign.takeOver,
        resign: () => {
          cancel()
          campaign.resign()
        },
      }
    },
    tell: (message) => {
      if (message.is !== 'commit') tabs.tell(withoutNumber(message))
    },
    listen: ({ onMessage }) =>
      tabs.listen({
        onMessage: (message) => {
          if (message.is !== 'commit') onMessage(withoutNumber(message))
        },
        onMissed: () => {},
      }),
  }
}

const withoutNumber = (message: TabMessage): TabMessage => (message.is === 'leader' ? { ...message, number: 0 } : message)
