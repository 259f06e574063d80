import type { OpenTabs, TabListener } from './ports.ts'

/** Calls back once, at the first message of a tab that runs a newer version of the app [TB3]. */
export function hearingOfNewer(openTabs: OpenTabs, onNewer: () => void): OpenTabs {
  let isTold = false
  const noticing = ({ onMessage, onMissed }: TabListener): TabListener => ({
    onMessage,
    onMissed: (why) => {
      onMissed(why)
      if (why !== 'newer' || isTold) return
      isTold = true
      onNewer()
    },
  })
  return (user) => {
    const tabs = openTabs(user)
    return { ...tabs, listen: (listener) => tabs.listen(noticing(listener)) }
  }
}
