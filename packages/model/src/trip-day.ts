import { z } from 'zod'
import { pairedId } from './paired-id.ts'

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

/** Of which nothing is known. Its id says which day of which trip it is: two who write about one day while apart write about the same thing. */
export function emptyDay(tripId: string, day: string): TripDay {
  const digits = day.replaceAll('-', '').padStart(12, '0')
  return { id: pairedId(tripId, `00000000-0000-0000-0000-${digits}`), tripId, day, destination: null, weather: null }
}
