import { decideSomething, unminded } from './simulated-decisions.ts'
import { editSomething, editTogether, type SimulatedUser } from './simulated-user.ts'

/** What a person can do at a tab. */
export type Act = 'edit' | 'unit' | 'decide' | 'undo' | 'hold' | 'resync'

/** Does one such thing; returns in words what was done, each by itself. */
export function act(kind: Act, user: SimulatedUser): readonly (string | null)[] {
  switch (kind) {
    case 'edit':
      return Array.from({ length: 1 + user.random.below(3) }, () => editSomething(user))
    case 'unit':
      return [editTogether(user)]
    case 'decide':
      return [decideSomething(user)]
    case 'undo':
      return [turnBack(user)]
    case 'hold':
      return [holdSomething(user)]
    case 'resync':
      return [resyncSomething(user)]
  }
}

/** One to three steps back, or again [A6]. */
function turnBack({ tab, random }: SimulatedUser): string | null {
  if (tab.engine === null) return null
  const turns = Array.from({ length: 1 + random.below(3) }, () => (random.chance(0.6) ? 'undo' : 'redo'))
  for (const turn of turns) unminded(tab.engine.undo[turn]())
  return turns.join(', ')
}

function holdSomething({ tab, random }: SimulatedUser): string | null {
  if (tab.engine === null) return null
  const collection = random.pick(['items', 'items', 'people', 'trips'])!
  const holds = random.chance(0.5)
  unminded(holds ? tab.engine.hold(collection) : tab.engine.release(collection))
  return `${holds ? 'holds' : 'releases'} ${collection}`
}

/** Of one trip, or of all [E4]. */
function resyncSomething({ tab, device, random }: SimulatedUser): string | null {
  if (tab.engine === null) return null
  const scope = random.chance(0.5) ? random.pick(device.ledger.scopes) : undefined
  if (scope === undefined) device.told.isFetched(device.ledger.scopes)
  else device.told.isFetched([scope])
  unminded(tab.engine.resync(scope))
  return `fetches ${scope ?? 'everything'} anew`
}
