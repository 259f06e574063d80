import { seal, unseal } from '../core/sealed.ts'
import type { Change } from '../core/types.ts'
import type { LastEdits } from '../engine/last-edits.ts'

/** In localStorage, the only store that is written before the call returns. */
export function webLastEdits(prefix: string = 'stowaway'): LastEdits {
  const nameOf = (user: string, changeId: string) => `${prefix}:last:${user}:${changeId}`
  const forget = (user: string, changeIds: readonly string[]) => {
    for (const changeId of changeIds) local()?.removeItem(nameOf(user, changeId))
  }
  let isGoing = false
  return {
    keep: (user, changes) => {
      try {
        for (const [place, change] of changes.entries()) localStorage.setItem(nameOf(user, change.changeId), JSON.stringify(seal({ place, change })))
        return true
      } catch {
        forget(user, changes.map(({ changeId }) => changeId))
        return false
      }
    },
    isKept: (user, changeId) => typeof local()?.getItem(nameOf(user, changeId)) === 'string',
    forget,
    of: (user) => {
      const names = Array.from({ length: local()?.length ?? 0 }, (_, index) => localStorage.key(index) ?? '').filter((name) => name.startsWith(nameOf(user, '')))
      const kept = names.flatMap((name) => keptIn(localStorage.getItem(name)))
      return kept.toSorted((a, b) => a.change.time - b.change.time || a.place - b.place).map(({ change }) => change)
    },
    isGoing: () => isGoing,
    follow: (onGoing) => {
      const ending = new AbortController()
      const { signal } = ending
      const go = () => {
        isGoing = true
        onGoing()
      }
      isGoing = false
      window.addEventListener('pagehide', go, { signal })
      window.addEventListener('pageshow', () => (isGoing = false), { signal })
      return () => ending.abort()
    },
  }
}

/** `null`: the page may not use it. */
function local(): Storage | null {
  try {
    return localStorage
  } catch {
    return null
  }
}

/** With its place among those that were kept at once, which may all be of one millisecond. */
interface Kept {
  readonly place: number
  readonly change: Change
}

function keptIn(text: string | null): Kept[] {
  try {
    const record = unseal(JSON.parse(text ?? 'null'))
    return record.is === 'whole' ? [record.value as Kept] : []
  } catch {
    return []
  }
}
