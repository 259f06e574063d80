import { dayCount } from './days.ts'
import type { Item } from './item.ts'
import { pairedId } from './paired-id.ts'
import type { Person } from './person.ts'
import type { Rule, TripRule } from './rule.ts'
import type { Trip } from './trip.ts'

/** A trip as rules see it. */
export interface Packing {
  readonly trip: Trip
  readonly people: readonly Person[]
  readonly rules: readonly TripRule[]
  readonly items: readonly Item[]
}

/** What an item has from its rule. */
type Ruled = 'name' | 'category' | 'quantity' | 'ruleQuantity'

/** What is to be done to the items, so that they are what the rules ask for. */
export interface ItemEdits {
  readonly added: readonly Item[]
  readonly changed: readonly { readonly id: string; readonly changes: Pick<Item, Ruled> }[]
  readonly removed: readonly string[]
}

/**
 * What a person has ticked, counted or renamed is left alone, whatever the rules ask for now; the rest is called and counted as
 * its rule is. Doing it twice changes nothing the second time; devices that do it apart come to the same items.
 */
export function applyRules({ trip, people, rules, items }: Packing): ItemEdits {
  const wanted = new Map(rules.flatMap((rule, place) => itemsOf(rule, { trip, people, place })).map((item) => [item.id, item]))
  const byRule = items.filter(({ ruleId }) => ruleId !== null)
  const known = new Set(byRule.map(({ id }) => id))
  const free = byRule.filter((item) => !isTouched(item))
  return {
    added: [...wanted.values()].filter(({ id }) => !known.has(id)),
    changed: free.flatMap((item) => {
      const asked = wanted.get(item.id)
      return asked === undefined || isAsAsked(item, asked) ? [] : [{ id: item.id, changes: ruledFields(asked) }]
    }),
    removed: free.flatMap(({ id }) => (wanted.has(id) ? [] : [id])),
  }
}

export const changesNothing = ({ added, changed, removed }: ItemEdits): boolean => added.length + changed.length + removed.length === 0

const ruledFields = ({ name, category, quantity, ruleQuantity }: Item): Pick<Item, Ruled> => ({ name, category, quantity, ruleQuantity })

const isAsAsked = (item: Item, asked: Item): boolean => item.name === asked.name && item.category === asked.category && item.quantity === asked.quantity

/** Somebody has ticked it, set the quantity by hand, or renamed it: see `editOfItem`. */
export const isTouched = ({ packed, quantity, ruleQuantity }: Item): boolean => packed || quantity !== ruleQuantity

/** A rule asks for it and somebody said "not this time": it is kept, at none, so that the rule does not bring it back. */
export const isDismissed = ({ ruleId, quantity }: Item): boolean => ruleId !== null && quantity === 0

interface Surroundings {
  readonly trip: Trip
  readonly people: readonly Person[]
  /** Of the rule among the rules: items of rules keep their order. */
  readonly place: number
}

function itemsOf(rule: TripRule, { trip, people, place }: Surroundings): Item[] {
  const quantity = quantityOf(rule, trip)
  if (rule.skip || quantity === 0 || !holdsFor(rule, trip)) return []
  const meant = people.filter(({ ageGroup }) => rule.ageGroup === null || (ageGroup ?? 'adult') === rule.ageGroup)
  const made = (person: Pick<Person, 'id' | 'position'> | null): Item => ({
    id: pairedId(rule.id, person?.id ?? trip.id),
    tripId: trip.id,
    personId: person?.id ?? null,
    name: rule.name,
    quantity,
    category: rule.category,
    packed: false,
    notes: null,
    // Of several people in their order.
    position: place + (person?.position ?? 0) / 1_000,
    ruleId: rule.id,
    ruleQuantity: quantity,
  })
  if (rule.per === 'person' || rule.per === 'person_day') return meant.map((person) => made(person))
  return rule.ageGroup === null || meant.length > 0 ? [made(null)] : []
}

/** For one person, or for the trip. While the days are not known it counts one. */
export function quantityOf({ quantity, per, atMost }: Pick<Rule, 'quantity' | 'per' | 'atMost'>, trip: Trip): number {
  const days = per === 'day' || per === 'person_day' ? (dayCount(trip) ?? 1) : 1
  return Math.min(quantity * days, atMost ?? Infinity, 9999)
}

function holdsFor({ minDays, needs }: Rule, trip: Trip): boolean {
  return (minDays === null || (dayCount(trip) ?? 0) >= minDays) && (needs === null || trip.conditions.includes(needs))
}
