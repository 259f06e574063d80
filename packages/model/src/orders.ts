import type { Person } from './person.ts'
import type { Trip } from './trip.ts'

const undated = '9999-12-31'

/** By first day; trips without one last, then by name. */
export function byStart(a: Trip, b: Trip): number {
  return (a.startsOn ?? undated).localeCompare(b.startsOn ?? undated) || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)
}

/** Devices that add at the same moment take the same position: the id makes the order the same for all. */
export function byPlace(a: Person, b: Person): number {
  return a.position - b.position || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)
}

interface Named {
  readonly id: string
  readonly name: string
}

export function byName(a: Named, b: Named): number {
  return a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)
}
