import { createAction, createEntityAdapter, type EntityState, type UnknownAction, type Update } from '@reduxjs/toolkit'
import type { DefaultRule, Item, Person, Trip, TripContents, TripDay, TripMember, TripRule } from '@stowaway/model'

/** What is in the store, by slice. */
interface Entities {
  trips: Trip
  tripMembers: TripMember
  tripDays: TripDay
  tripRules: TripRule
  people: Person
  items: Item
  defaultRules: DefaultRule
}

export type Slices = { readonly [Name in keyof Entities]: EntityState<Entities[Name], string> }

/** A whole trip at once, as a copy or from a file: each slice takes what is its own. */
export const contentsAdded = createAction<TripContents>('trips/contentsAdded')

interface Form<T> {
  /** The order on screen. Default: as they came. */
  readonly order?: (a: T, b: T) => number
  /** What of a whole trip lies in this slice. */
  readonly ofTrip?: (contents: TripContents) => readonly T[]
}

/** A slice of entities like any other: nothing in it knows that it is synced. */
export function entitySlice<Name extends keyof Entities>(name: Name, { order, ofTrip = () => [] }: Form<Entities[Name]> = {}) {
  type T = Entities[Name]
  const adapter = createEntityAdapter<T, string>({ selectId: ({ id }) => id, ...(order && { sortComparer: order }) })
  const actions = {
    added: createAction(`${name}/added`, (...entities: T[]) => ({ payload: entities })),
    changed: createAction(`${name}/changed`, (id: string, changes: Partial<T>) => ({ payload: [{ id, changes }] })),
    allChanged: createAction(`${name}/allChanged`, (changes: readonly Update<T, string>[]) => ({ payload: changes })),
    set: createAction(`${name}/set`, (entity: T) => ({ payload: entity })),
    removed: createAction(`${name}/removed`, (...ids: string[]) => ({ payload: ids })),
  }
  const reducer = (state: EntityState<T, string> = adapter.getInitialState(), action: UnknownAction): EntityState<T, string> => {
    if (actions.added.match(action)) return adapter.addMany(state, action.payload)
    if (actions.changed.match(action) || actions.allChanged.match(action)) return adapter.updateMany(state, action.payload)
    if (actions.set.match(action)) return adapter.upsertOne(state, action.payload)
    if (actions.removed.match(action)) return adapter.removeMany(state, action.payload)
    return contentsAdded.match(action) ? adapter.addMany(state, ofTrip(action.payload)) : state
  }
  const { selectAll, selectById } = adapter.getSelectors((state: Slices): EntityState<T, string> => state[name])
  return { ...actions, adapter, reducer, selectAll, selectById }
}
