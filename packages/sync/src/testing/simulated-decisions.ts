import type { Choice, Conflict } from '../core/types.ts'
import { entityKey } from '../core/plan.ts'
import type { Ledger } from './ledger.ts'
import type { SeededRandom } from './seeded-random.ts'
import type { SimulatedUser } from './simulated-user.ts'

/** Decides about conflicts, refusals or decisions that were taken before, one or several at once. */
export function decideSomething({ device, tab, random }: SimulatedUser): string | null {
  const { engine } = tab
  const { ledger } = device
  if (engine === null) return null
  const earlier = random.chance(0.15) ? random.pick(engine.history()) : undefined
  if (earlier !== undefined) {
    ledger.broughtBack.add(entityKey(earlier.collection, earlier.id))
    unminded(engine.decisions.undoResolution(earlier.resolutionId))
    return `takes the decision ${earlier.resolutionId} back`
  }
  const conflicts = someOf(ledger.all('conflict'), random)
  const rejected = someOf(ledger.all('rejected'), random)
  const [first] = conflicts
  if (first !== undefined && (rejected.length === 0 || random.chance(0.5))) {
    const choice = choiceFor(first, random)
    for (const conflict of conflicts) decided(conflict, { choice, ledger })
    unminded(engine.decisions.resolve(conflicts.map(({ conflictId }) => conflictId), choice))
    return `resolves ${conflicts.map(({ conflictId }) => conflictId).join()} as ${JSON.stringify(choice)}`
  }
  const ids = rejected.map(({ rejectedId }) => rejectedId)
  const [id] = ids
  if (id === undefined) return null
  for (const one of ids) ledger.decide(`rejected/${one}`)
  const dice = random.below(10)
  // To retry what stood against the server's row is to overrule the server, also where it had deleted the row.
  if (dice < 6) for (const one of rejected) if (one.status === 'conflict') ledger.broughtBack.add(entityKey(one.collection, one.id))
  if (dice < 4) unminded(engine.decisions.retry(ids))
  else if (dice < 6) unminded(engine.decisions.edit(id, { name: device.newId('name') }))
  else unminded(engine.decisions.discard(ids))
  return `${dice < 4 ? 'retries' : dice < 6 ? 'edits the first of' : 'discards'} ${ids.join()}`
}

/** One side, or own values for all that is disputed. */
export function choiceFor({ fields }: Pick<Conflict, 'fields'>, random: SeededRandom): Choice {
  const side = random.pick(['local', 'remote', 'merged'] as const)!
  if (side !== 'merged') return side
  return { merged: Object.fromEntries(fields.map(({ field, local, remote }) => [field, random.chance(0.5) ? local : remote])) }
}

/** A conflict is decided by whomever: it may leave its list, and a deleted row come back. */
export function decided({ conflictId, collection, id }: Conflict, { choice, ledger }: { choice: Choice; ledger: Ledger }): void {
  ledger.decide(`conflict/${conflictId}`)
  if (choice !== 'remote') ledger.broughtBack.add(entityKey(collection, id))
}

/** Mostly one. */
function someOf<T>(list: readonly T[], random: SeededRandom): readonly T[] {
  const one = random.pick(list)
  return one === undefined ? [] : random.chance(0.7) ? [one] : list.filter((other) => other === one || random.chance(0.5))
}

/** A decision that the disk refuses, or that comes too late, is told to whoever decided; here nobody minds. */
export function unminded(done: Promise<unknown>): void {
  done.catch(() => {})
}
