import type { Database } from '@stowaway/model'
import { sharedSession } from '@stowaway/sync'
import { createClient } from '@supabase/supabase-js'

/** For local development only: it opens nothing but a backend on this machine, which serves this app as well. */
const localKey = 'sb_publishable_localdevlocaldevlocaldev'

/** The service worker has a client too, with the same session. */
const isPage = typeof document !== 'undefined'

export const supabase = createClient<Database>(
  import.meta.env.VITE_SUPABASE_URL ?? globalThis.location.origin,
  import.meta.env.VITE_SUPABASE_ANON_KEY ?? localKey,
  { auth: { storage: sharedSession(), autoRefreshToken: isPage, detectSessionInUrl: isPage } },
)
