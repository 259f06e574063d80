import type { Trip } from './trip.ts'

/** Trips as they are listed. */
export interface TripLists {
  /** What is under way and what is to come, the nearest first. */
  readonly coming: readonly Trip[]
  /** What is over, the last one first. */
  readonly past: readonly Trip[]
  readonly archived: readonly Trip[]
}

/** `trips`: by first day. `today`: as in `2026-07-01`; a trip is over when its last day is. */
export function listTrips(trips: readonly Trip[], today: string): TripLists {
  const current = trips.filter(({ archived }) => !archived)
  const isOver = ({ endsOn }: Trip): boolean => endsOn !== null && endsOn < today
  return {
    coming: current.filter((trip) => !isOver(trip)),
    past: current.filter(isOver).toReversed(),
    archived: trips.filter(({ archived }) => archived),
  }
}
