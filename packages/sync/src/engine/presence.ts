import type { SyncEvent } from '../core/events.ts'
import { presentOf } from '../core/presence.ts'
import type { EnteredScopes } from './entered-scopes.ts'
import type { LocalData } from './local-data.ts'
import { OpenScope } from './open-scope.ts'
import type { Environment, JoinScope, Network } from './ports.ts'

/** What presence needs of whoever puts the parts together. */
export interface PresencePort {
  readonly scopes: EnteredScopes
  readonly join: JoinScope
}

export interface PresenceParts {
  readonly user: string
  readonly data: Pick<LocalData, 'replica' | 'listen'>
  readonly network: Network
  /** `null`, the default: nobody is told what the user has open, nor asked. */
  readonly presence?: PresencePort | null
  readonly environment: Environment
  readonly emit: (event: SyncEvent) => void
}

/**
 * Tells the others of each scope that this tab shows it, and who of them does: for as long as the server lets the user see it,
 * somebody looks at the page, and the line is there and not to be spared. The result ends it.
 */
export function followPresence({ user, data, network, environment, presence, emit }: PresenceParts): () => void {
  if (!presence) return () => {}
  const { scopes, join } = presence
  const open = new Map<string, OpenScope>()
  const shown = new Map<string, string>()
  let cancel: (() => void) | null = null
  let isOver = false

  // A scope that was made here and is not pushed yet is known to nobody else.
  const isWanted = (scope: string) => maySee(network) && data.replica.scopes.has(scope) && scopes.told(scope) !== null
  const show = (scope: string, told: readonly unknown[]) => {
    const present = presentOf(told, data.replica.device ?? '')
    const text = JSON.stringify(present)
    if (text === (shown.get(scope) ?? '[]')) return
    shown.set(scope, text)
    emit({ type: 'presenceChanged', scope, present })
  }
  const update = () => {
    cancel = null
    for (const [scope, one] of open) {
      if (isWanted(scope)) continue
      open.delete(scope)
      one.leave()
      show(scope, [])
    }
    for (const scope of scopes.scopes()) {
      if (!isWanted(scope)) continue
      const one = open.get(scope) ?? new OpenScope({ scope, join, environment, self: () => selfIn(scope), onPresent: (told) => show(scope, told) })
      open.set(scope, one)
      one.say()
    }
  }
  const selfIn = (scope: string) => {
    const { where, since } = scopes.told(scope) ?? { where: null, since: environment.now() }
    return { user, device: data.replica.device ?? '', where, since }
  }
  // Once per tick: a screen that gives way to another leaves, and enters again at once.
  const updateSoon = () => {
    // What is recorded to the last is still committed, and told.
    if (!isOver && scopes.size + open.size > 0) cancel ??= environment.setTimer(update, 0)
  }

  data.listen(updateSoon)
  const endings = [scopes.listen(updateSoon), network.subscribe(updateSoon)]
  updateSoon()
  return () => {
    isOver = true
    for (const end of endings) end()
    cancel?.()
    for (const one of open.values()) one.leave()
    open.clear()
  }
}

const maySee = ({ online, isHidden, hints }: Network): boolean => online() && isHidden?.() !== true && hints?.().saveData !== true
