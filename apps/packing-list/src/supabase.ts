import type { Database } from '@stowaway/model'
import { createClient } from '@supabase/supabase-js'

/** For local development only: it opens nothing but a backend on this machine, which serves this app as well. */
const localKey = 'sb_publishable_localdevlocaldevlocaldev'

export const supabase = createClient<Database>(
  import.meta.env.VITE_SUPABASE_URL ?? window.location.origin,
  import.meta.env.VITE_SUPABASE_ANON_KEY ?? localKey,
)
