import { z } from 'zod'

/** Somebody to pack for: needs no account. `position` orders the people of a trip. */
export const personSchema = z.object({
  id: z.uuid(),
  tripId: z.uuid(),
  name: z.string().trim().min(1).max(100),
  color: z.string().nullable(),
  position: z.int(),
  createdAt: z.string().optional(),
})

export type Person = z.infer<typeof personSchema>
