import type { TripMember } from './trip-member.ts'

export interface OtherHere {
  readonly userId: string
  readonly name: string
  /** What they look at: a way of grouping the list, or an item's id. */
  readonly where: string | null
}

interface Here {
  /** By when they came. */
  readonly present: readonly { readonly user: string; readonly where: string | null }[]
  readonly members: readonly TripMember[]
  readonly user: string | null
}

/** Other members who are there, each once, by what they look at on the device that came last. Who is no member is not believed. */
export function othersHere({ present, members, user }: Here): OtherHere[] {
  return members.flatMap(({ userId, name }) => {
    const last = userId === user ? undefined : present.findLast((one) => one.user === userId)
    return last === undefined ? [] : [{ userId, name, where: last.where }]
  })
}
