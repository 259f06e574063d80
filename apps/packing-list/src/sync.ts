import { createSync } from '@stowaway/sync'
import { collections } from './collections.ts'
import { supabase } from './supabase.ts'

export const sync = createSync({ supabase, collections, backgroundSync: true })
