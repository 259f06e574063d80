import { z } from 'zod'

/**
 * A thing to pack. `personId` null: for everybody; `category` null: none. `position` orders the items of a trip.
 * `ruleId` null: a person added it; else `ruleQuantity` is what the rule asked for last, `null` once it is no longer the rule's.
 */
export const itemSchema = z.object({
  id: z.uuid(),
  tripId: z.uuid(),
  personId: z.uuid().nullable(),
  name: z.string().trim().min(1).max(200),
  quantity: z.int().min(0).max(9999),
  category: z.string().nullable(),
  packed: z.boolean(),
  notes: z.string().nullable(),
  position: z.number(),
  ruleId: z.uuid().nullable(),
  ruleQuantity: z.int().nullable(),
  createdAt: z.string().optional(),
})

export type Item = z.infer<typeof itemSchema>

/** What a person says of a new item. */
export type NewItem = Pick<Item, 'id' | 'tripId' | 'name' | 'category' | 'position'> & Partial<Pick<Item, 'quantity' | 'personId'>>

/** One piece, for everybody, not packed yet, where nothing else is said. */
export const newItem = (item: NewItem): Item => ({ personId: null, quantity: 1, packed: false, notes: null, ruleId: null, ruleQuantity: null, ...item })

/**
 * What is written for a person's edit of an item. What a rule has made and a person calls something else, or puts somewhere
 * else, is theirs from then on: the rule does not name it back.
 */
export function editOfItem(item: Item, changes: Partial<Item>): Partial<Item> {
  const isTheirs = item.ruleId !== null && (changes.name !== undefined || changes.category !== undefined)
  return isTheirs ? { ...changes, ruleQuantity: null } : changes
}

/** Removed, its rule would bring it back: it is set to none instead. `null`: no rule has made it, it can be removed. */
export const dismissalOf = ({ ruleId }: Item): Partial<Item> | null => (ruleId === null ? null : { quantity: 0, packed: false })
