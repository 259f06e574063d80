import { z } from 'zod'

/**
 * A thing to pack. `personId` null: for everybody; `category` null: none. `position` orders the items of a trip.
 * `ruleId` null: a person added it; else `ruleQuantity` is what the rule asked for last.
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
