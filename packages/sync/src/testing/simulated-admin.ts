import type { MemoryTables, Role } from './memory-tables.ts'
import type { SeededRandom } from './seeded-random.ts'

const roles: readonly (Role | null)[] = ['owner', 'editor', 'editor', 'viewer', null]

/** What becomes of a member of a trip, all owners of which are given; `null`: nothing, as a trip keeps an owner. */
export function newRole({ user, owners, random }: { user: string; owners: readonly string[]; random: SeededRandom }): { readonly role: Role | null } | null {
  const role = random.pick(roles)!
  return role !== 'owner' && owners.length === 1 && owners[0] === user ? null : { role }
}

/** Somebody joins a trip, gets another role, or is removed; a trip keeps an owner. */
export function changeMembers(tables: MemoryTables, { users, random }: { users: readonly string[]; random: SeededRandom }): string | null {
  const [scope, members] = random.pick([...tables.members]) ?? []
  const user = random.pick(users)!
  if (scope === undefined || members === undefined) return null
  const owners = [...members].flatMap(([member, role]) => (role === 'owner' ? [member] : []))
  const change = newRole({ user, owners, random })
  if (change === null) return null
  tables.commit(() => tables.setRole(scope, user, change.role))
  return inWords(user, change.role, scope)
}

export const inWords = (user: string, role: Role | null, scope: string): string =>
  role === null ? `${user} is removed from ${scope}` : `${user} is now ${role} of ${scope}`

/** Somebody writes plain SQL [PL8]. */
export function writeSql(tables: MemoryTables, random: SeededRandom, now: number): string | null {
  const row = random.pick([...tables.rows.values()])
  if (row === undefined) return null
  const edit = { by: null, time: now }
  const deletes = row.collection !== 'trips' && random.chance(0.3)
  tables.commit(() => (deletes ? tables.remove(row, edit) : void tables.update(row, { name: `sql-${random.below(1_000)}` }, edit)))
  return `SQL ${deletes ? 'deletes' : 'renames'} ${row.collection}/${row.id}`
}
