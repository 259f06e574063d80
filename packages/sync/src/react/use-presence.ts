import { useEffect, useRef } from 'react'
import { useSelector } from 'react-redux'
import type { Present } from '../core/presence.ts'
import type { Stay } from '../engine/entered-scopes.ts'
import { selectPresent, type WithSync } from '../redux/selectors.ts'
import { useSyncParts } from './sync-context.ts'

/**
 * Who else has a scope open now, and what of it they look at: whoever came first comes first. The others are told that the user
 * has it open for as long as the component is there, the page is visible and the device is online. `scope`: `null`: none, yet.
 * `where`: an id, say, in the app's own words; default: nothing in particular.
 *
 * It is what they say of themselves: a hint for the eye, on which nothing must depend.
 *
 * @example
 * const others = usePresence(trip.id, openItem?.id)
 * return others.map(({ user, device, where }) => <Avatar key={device} user={user} ring={where === item.id} />)
 */
export function usePresence(scope: string | null, where: string | null = null): readonly Present[] {
  const { enter } = useSyncParts()
  const stay = useRef<Stay | null>(null)
  const latest = useRef(where)
  // Before the effect below, where both run: a scope is entered with what of it is looked at now.
  useEffect(() => {
    latest.current = where
    stay.current?.move(where)
  }, [where])
  useEffect(() => {
    if (scope === null) return undefined
    const entered = enter(scope, latest.current)
    stay.current = entered
    return () => {
      stay.current = null
      entered.leave()
    }
  }, [enter, scope])
  return useSelector((state: WithSync) => selectPresent(state, scope))
}
