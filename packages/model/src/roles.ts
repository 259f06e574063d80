import type { Role } from './trip-member.ts'

/**
 * The role of a user among the members of one trip.
 * A trip without members was made on this device and has not been sent yet: whoever sees it made it.
 * The answer may be out of date while offline; the server has the last word.
 */
export function roleIn(members: readonly { readonly userId: string; readonly role: Role }[], user: string): Role {
  if (members.length === 0) return 'owner'
  return members.find((member) => member.userId === user)?.role ?? 'viewer'
}

/** May change people, items and the trip's own details. */
export function canEdit(role: Role): boolean {
  return role !== 'viewer'
}

/** May invite others and delete the trip. */
export function canManage(role: Role): boolean {
  return role === 'owner'
}
