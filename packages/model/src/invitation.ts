import { z } from 'zod'

/** Open invitations to trips, as the server tells them to the user whom they are for. */
export const invitationsSchema = z.array(
  z
    .object({ id: z.uuid(), trip: z.uuid(), trip_name: z.string(), invited_by: z.string().nullable() })
    .transform(({ id, trip, trip_name, invited_by }) => ({ id, trip, tripName: trip_name, invitedBy: invited_by })),
)

export type Invitation = z.infer<typeof invitationsSchema>[number]
