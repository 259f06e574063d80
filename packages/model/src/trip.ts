import { z } from 'zod'

/** A day without a time or a zone, as in `2026-07-01`. */
const day = z.iso.date()

/** A trip: what is shared as one. `conditions` is what it is like, as in `cold` or `swimming`: rules may ask for it. `createdAt` and `createdBy` are the server's: absent until it has answered; `createdBy` null: that account is gone. */
export const tripSchema = z.object({
  id: z.uuid(),
  name: z.string().trim().min(1).max(200),
  destination: z.string().nullable(),
  startsOn: day.nullable(),
  endsOn: day.nullable(),
  notes: z.string().nullable(),
  conditions: z.array(z.string().min(1).max(100)).max(20),
  archived: z.boolean(),
  createdAt: z.string().optional(),
  createdBy: z.uuid().nullish(),
})

export type Trip = z.infer<typeof tripSchema>

/** What a person enters about a trip. */
export type TripDetails = Pick<Trip, 'name' | 'destination' | 'startsOn' | 'endsOn' | 'conditions'>

export const newTrip = (id: string, details: TripDetails): Trip => ({ ...details, id, notes: null, archived: false })
