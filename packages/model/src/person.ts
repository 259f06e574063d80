import { z } from 'zod'

export const ageGroupSchema = z.enum(['baby', 'child', 'teenager', 'adult'])

export type AgeGroup = z.infer<typeof ageGroupSchema>

/** Somebody to pack for: needs no account. `position` orders the people of a trip. `ageGroup` null: an adult, as far as rules go. */
export const personSchema = z.object({
  id: z.uuid(),
  tripId: z.uuid(),
  name: z.string().trim().min(1).max(100),
  color: z.string().nullable(),
  ageGroup: ageGroupSchema.nullable(),
  position: z.int(),
  createdAt: z.string().optional(),
})

export type Person = z.infer<typeof personSchema>
