import type { Fields } from './json.ts'
import { entityKey } from './entity-key.ts'
import { equal } from './equal.ts'
import { squash, type Squashable } from './squash.ts'
import type { EntityRef, RecordedChange } from './types.ts'

/** What is to be done to one entity; `null`: it is not there. */
export interface Turn extends EntityRef {
  readonly before: Fields | null
  readonly after: Fields | null
}

/** What is on screen of an entity; `null`: nothing. */
export type View = (ref: EntityRef) => Fields | null

/**
 * What it takes to turn the changes of one step back [A6]. Only what still stands as the step left it goes back: what somebody
 * has edited since is theirs. Entities on which that would have no effect are left out.
 */
export const inverse = (changes: readonly RecordedChange[], view: View): readonly Turn[] => turns(changes, { view, turn: turnBack })

/** What it takes to do the changes of one step again after they were turned back. */
export const repeat = (changes: readonly RecordedChange[], view: View): readonly Turn[] => turns(changes, { view, turn: turnAgain })

type TurnOne = (change: Squashable, present: Fields | null) => Fields | null

function turns(changes: readonly RecordedChange[], { view, turn }: { readonly view: View; readonly turn: TurnOne }): Turn[] {
  const byEntity = new Map<string, RecordedChange[]>()
  for (const change of changes) {
    const key = entityKey(change.collection, change.id)
    byEntity.set(key, [...(byEntity.get(key) ?? []), change])
  }
  return [...byEntity.values()].flatMap((all) => {
    const [{ collection, id }] = all as [RecordedChange]
    const squashed = squash(all)
    const before = view({ collection, id })
    const after = squashed === null ? before : turn(squashed, before)
    return equal(before, after) ? [] : [{ collection, id, before, after }]
  })
}

function turnBack({ kind, patch, baseValues }: Squashable, present: Fields | null): Fields | null {
  switch (kind) {
    case 'create':
      return null
    case 'delete':
      return present ?? baseValues
    case 'update':
    case 'replace':
      return present && exchange(present, { from: patch, to: baseValues })
  }
}

function turnAgain({ kind, patch, baseValues }: Squashable, present: Fields | null): Fields | null {
  switch (kind) {
    case 'create':
      return present ?? patch
    case 'delete':
      return null
    case 'update':
    case 'replace':
      return present && exchange(present, { from: baseValues, to: patch })
  }
}

/** Each field that still has the one value gets the other. Where a row was made anew, either side may know fields that the other lacks. */
function exchange(present: Fields, { from, to }: { readonly from: Fields; readonly to: Fields }): Fields {
  const back = Object.keys({ ...from, ...to }).filter((field) => equal(present[field] ?? null, from[field] ?? null))
  return { ...present, ...Object.fromEntries(back.map((field) => [field, to[field] ?? null])) }
}
