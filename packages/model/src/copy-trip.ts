import type { TripContents } from './files.ts'
import { pairedId } from './paired-id.ts'

/**
 * The same trip under new ids, nothing of it packed: to begin the next one with, or to take in one that somebody else has
 * made. What points at something that is not in it points at nothing.
 */
export function copyTrip({ trip, days, people, rules, items }: TripContents, newId: () => string): TripContents {
  const tripId = newId()
  const [personIds, ruleIds] = [freshIds(people, newId), freshIds(rules, newId)]
  const taken = new Set<string>()
  return {
    trip: { ...without(trip, 'createdAt', 'createdBy'), id: tripId, archived: false },
    days: days.map((day) => ({ ...without(day, 'createdAt'), id: newId(), tripId })),
    people: people.map((person) => ({ ...without(person, 'createdAt'), id: personIds.get(person.id)!, tripId })),
    rules: rules.map((rule) => ({ ...without(rule, 'createdAt'), id: ruleIds.get(rule.id)!, tripId })),
    items: items.map((item) => {
      const personId = personIds.get(item.personId ?? '') ?? null
      const ruleId = ruleIds.get(item.ruleId ?? '') ?? null
      // The id that the rule would give it, or the rule would make it a second time; once, as somebody may be gone.
      const ruled = ruleId === null ? null : pairedId(ruleId, personId ?? tripId)
      const id = ruled === null || taken.has(ruled) ? newId() : ruled
      taken.add(id)
      return { ...without(item, 'createdAt'), id, tripId, personId, ruleId, ruleQuantity: ruleId === null ? null : item.ruleQuantity, packed: false }
    }),
  }
}

const freshIds = (entities: readonly { readonly id: string }[], newId: () => string): Map<string, string> => new Map(entities.map(({ id }) => [id, newId()]))

/** What only the server fills in is not copied. */
function without<T extends object, K extends keyof T>(entity: T, ...fields: readonly K[]): Omit<T, K> {
  const rest = { ...entity }
  for (const field of fields) delete rest[field]
  return rest
}
