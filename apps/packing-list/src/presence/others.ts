import type { Present } from '@stowaway/sync'
import type { TripMember } from '@stowaway/model'

export interface Other {
  readonly userId: string
  readonly name: string
  /** What they look at: a way of grouping the list, or an item's id. */
  readonly where: string | null
}

interface Here {
  readonly present: readonly Present[]
  readonly members: readonly TripMember[]
  readonly user: string | null
}

/** Other members who are there, each once, by what they look at on the device that came last. Who is no member is not believed. */
export function othersIn({ present, members, user }: Here): Other[] {
  return members.flatMap(({ userId, name }) => {
    const last = userId === user ? undefined : present.findLast((one) => one.user === userId)
    return last === undefined ? [] : [{ userId, name, where: last.where }]
  })
}
