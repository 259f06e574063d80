import { manual, set, text } from '@stowaway/sync'
import { daysSlice, defaultRulesSlice, itemsSlice, membersSlice, peopleSlice, tripRulesSlice, tripsSlice } from './entities.ts'

/** Columns that the database fills in. */
const serverFields = ['createdAt', 'createdBy']
/** What a trip holds. */
const ofTrip = { scope: 'tripId', serverFields, references: { tripId: 'trips' } } as const

/** Two names for one thing: only a person can say which is meant. Notes of both are put together. */
const named = { name: manual(), notes: text() }

/** What is synced, by slices; the service worker syncs it too. */
export const collections = {
  trips: { adapter: tripsSlice.adapter, scope: 'id', serverFields, merge: { ...named, conditions: set() } },
  tripMembers: { adapter: membersSlice.adapter, ...ofTrip },
  tripDays: { adapter: daysSlice.adapter, ...ofTrip },
  tripRules: { adapter: tripRulesSlice.adapter, ...ofTrip },
  people: { adapter: peopleSlice.adapter, ...ofTrip },
  items: { adapter: itemsSlice.adapter, ...ofTrip, merge: named, references: { tripId: 'trips', personId: 'people' } },
  defaultRules: { adapter: defaultRulesSlice.adapter, scope: 'userId', serverFields },
}
