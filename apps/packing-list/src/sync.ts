import { createSync } from '@stowaway/sync'
import { itemsAdapter } from './items/items-slice.ts'
import { peopleAdapter } from './people/people-slice.ts'
import { membersAdapter } from './sharing/members-slice.ts'
import { supabase } from './supabase.ts'
import { tripsAdapter } from './trips/trips-slice.ts'

/** Columns that the database fills in. */
const serverFields = ['createdAt', 'createdBy']

export const sync = createSync({
  supabase,
  collections: {
    trips: { adapter: tripsAdapter, scope: 'id', serverFields },
    tripMembers: { adapter: membersAdapter, scope: 'tripId', serverFields, references: { tripId: 'trips' } },
    people: { adapter: peopleAdapter, scope: 'tripId', serverFields, references: { tripId: 'trips' } },
    items: { adapter: itemsAdapter, scope: 'tripId', serverFields, references: { tripId: 'trips', personId: 'people' } },
  },
})
