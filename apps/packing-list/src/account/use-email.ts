import { useEffect, useState } from 'react'
import { supabase } from '../supabase.ts'

/** The address of whoever is signed in; undefined while there is no valid session, as offline after a long while. */
export function useEmail(): string | undefined {
  const [email, setEmail] = useState<string>()
  useEffect(() => {
    const { data } = supabase.auth.onAuthStateChange((_event, session) => setEmail(session?.user.email))
    return () => data.subscription.unsubscribe()
  }, [])
  return email
}
