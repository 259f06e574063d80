import { z } from 'zod'

const roleSchema = z.enum(['owner', 'editor', 'viewer'])

export type Role = z.infer<typeof roleSchema>

/** Somebody with an account who shares a trip; `name` is what they are called in it. */
export const tripMemberSchema = z.object({
  id: z.uuid(),
  tripId: z.uuid(),
  userId: z.uuid(),
  role: roleSchema,
  name: z.string(),
  createdAt: z.string().optional(),
})

export type TripMember = z.infer<typeof tripMemberSchema>
