import { manual, set, text } from '@stowaway/sync'
import { daysAdapter } from './days/days-slice.ts'
import { itemsAdapter } from './items/items-slice.ts'
import { peopleAdapter } from './people/people-slice.ts'
import { defaultRulesAdapter, tripRulesAdapter } from './rules/rules-slices.ts'
import { membersAdapter } from './sharing/members-slice.ts'
import { tripsAdapter } from './trips/trips-slice.ts'

/** Columns that the database fills in. */
const serverFields = ['createdAt', 'createdBy']
/** What a trip holds. */
const ofTrip = { scope: 'tripId', serverFields, references: { tripId: 'trips' } } as const

/** Two names for one thing: only a person can say which is meant. Notes of both are put together. */
const named = { name: manual(), notes: text() }

/** What is synced, by slices; the service worker syncs it too. */
export const collections = {
  trips: { adapter: tripsAdapter, scope: 'id', serverFields, merge: { ...named, conditions: set() } },
  tripMembers: { adapter: membersAdapter, ...ofTrip },
  tripDays: { adapter: daysAdapter, ...ofTrip },
  tripRules: { adapter: tripRulesAdapter, ...ofTrip },
  people: { adapter: peopleAdapter, ...ofTrip },
  items: { adapter: itemsAdapter, ...ofTrip, merge: named, references: { tripId: 'trips', personId: 'people' } },
  defaultRules: { adapter: defaultRulesAdapter, scope: 'userId', serverFields },
}
