import { createSync } from '@stowaway/sync'
import { itemsAdapter } from './items/items-slice.ts'
import { peopleAdapter } from './people/people-slice.ts'
import { membersAdapter } from './sharing/members-slice.ts'
import { supabase } from './supabase.ts'
import { tripsAdapter } from './trips/trips-slice.ts'

export const sync = createSync({
  supabase,
  collections: {
    trips: { adapter: tripsAdapter, scope: 'id' },
    tripMembers: { adapter: membersAdapter, scope: 'tripId', references: { tripId: 'trips' } },
    people: { adapter: peopleAdapter, scope: 'tripId', references: { tripId: 'trips' } },
    items: { adapter: itemsAdapter, scope: 'tripId', references: { tripId: 'trips', personId: 'people' } },
  },
})
