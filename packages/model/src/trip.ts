import { z } from 'zod'

/** A day without a time or a zone, as in `2026-07-01`. */
const day = z.iso.date()

/** A trip: what is shared as one. `createdAt` and `createdBy` are the server's: absent until it has answered. */
export const tripSchema = z.object({
  id: z.uuid(),
  name: z.string().trim().min(1).max(200),
  destination: z.string().nullable(),
  startsOn: day.nullable(),
  endsOn: day.nullable(),
  notes: z.string().nullable(),
  createdAt: z.string().optional(),
  createdBy: z.uuid().optional(),
})

export type Trip = z.infer<typeof tripSchema>
