import { z } from 'zod'

/** What is known of one day of a trip: where one is then, and a note about the weather. */
export const tripDaySchema = z.object({
  id: z.uuid(),
  tripId: z.uuid(),
  day: z.iso.date(),
  destination: z.string().max(200).nullable(),
  weather: z.string().max(200).nullable(),
  createdAt: z.string().optional(),
})

export type TripDay = z.infer<typeof tripDaySchema>
