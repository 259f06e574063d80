import { isAuthRetryableFetchError, type AuthError } from '@supabase/supabase-js'
import { entered, typed } from '../form.ts'
import { supabase } from '../supabase.ts'

export type SignInMode = 'sign-in' | 'sign-up'

/** Why nobody is signed in. */
export type SignInError = 'unreachable' | 'unknown' | 'taken' | 'unconfirmed' | 'weak' | 'too-often' | 'other'

/** Signs in or up with what was entered. `letter`: the address is to be confirmed first. */
export async function enter(mode: SignInMode, form: FormData): Promise<'entered' | 'letter' | SignInError> {
  const email = entered(form, 'email') ?? ''
  // Not trimmed: a blank can be part of a password.
  const password = typed(form, 'password')
  // Should a letter have to confirm the address, its link leads back to this page: an invitation, perhaps.
  const options = { data: { name: entered(form, 'name') }, emailRedirectTo: window.location.href }
  const { data, error } = await (mode === 'sign-in' ? supabase.auth.signInWithPassword({ email, password }) : supabase.auth.signUp({ email, password, options }))
  if (error) return reasonOf(error)
  return data.session ? 'entered' : 'letter'
}

const reasons: Readonly<Record<string, SignInError>> = {
  invalid_credentials: 'unknown',
  user_already_exists: 'taken',
  email_exists: 'taken',
  email_not_confirmed: 'unconfirmed',
  weak_password: 'weak',
  over_request_rate_limit: 'too-often',
}

function reasonOf(error: AuthError): SignInError {
  return isAuthRetryableFetchError(error) ? 'unreachable' : (reasons[error.code ?? ''] ?? 'other')
}
