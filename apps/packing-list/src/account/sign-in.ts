import { isAuthRetryableFetchError, type AuthError } from '@supabase/supabase-js'
import { entered, typed } from '../form.ts'
import { supabase } from '../supabase.ts'

export type SignInMode = 'sign-in' | 'sign-up'

export const signInWords = {
  'sign-in': {
    title: 'Welcome back',
    submit: 'Sign in',
    passwordKind: 'current-password',
    switch: 'I am new here',
    other: 'sign-up',
  },
  'sign-up': {
    title: 'Make an account',
    submit: 'Create account',
    passwordKind: 'new-password',
    switch: 'I have an account',
    other: 'sign-in',
  },
} as const

/** Signs in or up with what was entered. Answers with what to tell the person, or `null` when they are in. */
export async function enter(mode: SignInMode, form: FormData): Promise<string | null> {
  const email = entered(form, 'email') ?? ''
  // Not trimmed: a blank can be part of a password.
  const password = typed(form, 'password')
  if (mode === 'sign-in') {
    const { error } = await supabase.auth.signInWithPassword({ email, password })
    return error && inWords(error)
  }
  // Should a letter have to confirm the address, its link leads back to this page: an invitation, perhaps.
  const options = { data: { name: entered(form, 'name') }, emailRedirectTo: window.location.href }
  const { data, error } = await supabase.auth.signUp({ email, password, options })
  if (error) return inWords(error)
  return data.session ? null : `We have sent a letter to ${email}. Open its link to go on.`
}

const sentences: Record<string, string> = {
  invalid_credentials: 'No account has this email and password.',
  user_already_exists: 'There is an account with this email. Sign in instead.',
  email_exists: 'There is an account with this email. Sign in instead.',
  email_not_confirmed: 'Open the link in the letter that we sent to you, then sign in.',
  weak_password: 'This password is too easy to guess. Take a longer one.',
  over_request_rate_limit: 'Those were too many attempts. Wait a minute, then try again.',
}

function inWords(error: AuthError): string {
  if (isAuthRetryableFetchError(error)) return 'The server cannot be reached. Signing in needs a connection.'
  return sentences[error.code ?? ''] ?? error.message
}
