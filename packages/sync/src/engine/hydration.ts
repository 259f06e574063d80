import { entityKey } from '../core/plan.ts'
import type { EntityRef } from '../core/types.ts'
import type { Environment } from './ports.ts'
import type { Replica } from './replica.ts'

export interface ShowParts {
  readonly first?: (scope: string) => boolean
  readonly environment: Environment
  readonly show: (part: readonly EntityRef[]) => void
  /** There is nobody left to show it to. */
  readonly isOver: () => boolean
}

/** Shows everything: what is few at once, what is many in parts, between which the page draws and hears its user. */
export async function showAll(replica: Replica, { first, environment, show, isOver }: ShowParts): Promise<void> {
  let atOnce = mostAtFirst
  let isFirst = true
  for (const part of inParts(replica, first, () => atOnce)) {
    if (!isFirst) await environment.pause?.()
    if (isOver()) return
    isFirst = false
    const began = environment.now()
    show(part)
    atOnce = nextSize(part.length, environment.now() - began)
  }
}

/** Entities shown at once at a start, before it is known how long this device takes for them, with its app and in its slices. */
const mostAtFirst = 1_000
/** The more parts, the more often the slice's table of entities is copied, which at fifty thousand costs as much as what a part shows. */
const [fewest, most] = [250, 3_000]
/** Milliseconds that a part is to take. A page feels stuck after 50; the clock of a page counts whole ones, and now and then the browser has work of its own. */
const aim = 20

/** As many as would have taken the time, but no more than twice as many: what made them quick may be that they were few. */
const nextSize = (size: number, took: number): number => Math.round(Math.min(most, size * 2, Math.max(fewest, (size * aim) / Math.max(took, 1))))

/**
 * Every entity of which there may be something to see, in parts that are shown one by one. What waits to be sent comes first: it
 * is the user's own work, and there is little of it. Then come the scopes that the app asks for, then the others, each whole
 * before the next.
 */
export function* inParts(replica: Replica, first: (scope: string) => boolean = () => false, atOnce: () => number = () => most): Generator<readonly EntityRef[]> {
  let part: EntityRef[] = []
  const seen = new Set<string>()
  for (const { collection, id } of [...replica.outbox.entities(), ...replica.conflicts.values()]) {
    const key = entityKey(collection, id)
    if (seen.has(key)) continue
    seen.add(key)
    part.push({ collection, id })
  }
  // As they are now: of what comes while this goes on the screen is told as of every other commit.
  for (const key of inOrder([...replica.pageKeys()], first)) {
    for (const row of replica.page(key)?.rows ?? []) {
      if (replica.row(row) === row) part.push({ collection: row.collection, id: row.id })
    }
    if (part.length < atOnce()) continue
    yield part
    part = []
  }
  if (part.length > 0) yield part
}

/** By scope, in the order in which the scopes lie in the storage; those asked for first. */
function inOrder(pages: readonly string[], first: (scope: string) => boolean): string[] {
  const byScope = new Map<string, string[]>()
  for (const page of pages) {
    const scope = page.split('/')[2] ?? ''
    const known = byScope.get(scope)
    if (known === undefined) byScope.set(scope, [page])
    else known.push(page)
  }
  const scopes = [...byScope.keys()].map((scope) => ({ scope, isFirst: first(scope) }))
  return [...scopes.filter(({ isFirst }) => isFirst), ...scopes.filter(({ isFirst }) => !isFirst)].flatMap(({ scope }) => byScope.get(scope) ?? [])
}
