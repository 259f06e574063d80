import type { MemoryTables, Role } from './memory-tables.ts'
import type { SeededRandom } from './seeded-random.ts'

export const users = ['ann', 'ben', 'cleo'] as const
const changes: readonly (Role | null)[] = ['owner', 'editor', 'editor', 'viewer', null]

/** Somebody joins a trip, gets another role, or is removed; a trip keeps an owner. */
export function changeMembers(tables: MemoryTables, random: SeededRandom): string | null {
  const [scope, members] = random.pick([...tables.members]) ?? []
  const user = random.pick(users)!
  const role = random.pick(changes)!
  if (scope === undefined || members === undefined) return null
  const owners = [...members].filter(([, held]) => held === 'owner')
  if (role !== 'owner' && owners.length === 1 && owners[0]?.[0] === user) return null
  tables.commit(() => tables.setRole(scope, user, role))
  return role === null ? `${user} is removed from ${scope}` : `${user} is now ${role} of ${scope}`
}

/** Somebody writes plain SQL [PL8]. */
export function writeSql(tables: MemoryTables, random: SeededRandom, now: number): string | null {
  const row = random.pick([...tables.rows.values()])
  if (row === undefined) return null
  const edit = { by: null, time: now }
  const deletes = row.collection !== 'trips' && random.chance(0.3)
  tables.commit(() => (deletes ? tables.remove(row, edit) : void tables.update(row, { name: `sql-${random.below(1_000)}` }, edit)))
  return `SQL ${deletes ? 'deletes' : 'renames'} ${row.collection}/${row.id}`
}
