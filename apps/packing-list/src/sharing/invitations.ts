import type { PostgrestSingleResponse } from '@supabase/supabase-js'
import { invitationsSchema, type Invitation } from '@stowaway/model'
import { supabase } from '../supabase.ts'

export type InvitedRole = 'editor' | 'viewer'

/** Either what was asked for, or a sentence for the person. */
export type Reply = { readonly kind: 'done'; readonly value: string } | { readonly kind: 'failed'; readonly text: string }

/** Makes a link by which others can join a trip, or, with an address, who has an account with it. Needs a connection: only the server can vouch for a token. */
export async function createInvitation(trip: string, role: InvitedRole, email: string | null): Promise<Reply> {
  const reply = await ask(supabase.rpc('create_invite', { trip, role, ...(email !== null && { email }) }))
  return reply.kind === 'done' ? { kind: 'done', value: `${window.location.origin}/join/${reply.value}` } : reply
}

/** Makes the user a member of the trip, whose id is the reply's value. */
export async function acceptInvitation(token: string): Promise<Reply> {
  return ask(supabase.rpc('accept_invite', { token }))
}

/** Those that are open; none while the server cannot be reached. */
export async function myInvitations(): Promise<readonly Invitation[]> {
  const { data } = await supabase.rpc('my_invites')
  return invitationsSchema.catch([]).parse(data)
}

/** Makes the user a member of the trip. */
export async function acceptMyInvitation(invite: string): Promise<Reply> {
  return ask(supabase.rpc('accept_my_invite', { invite }))
}

async function ask(request: PromiseLike<PostgrestSingleResponse<unknown>>): Promise<Reply> {
  const { data, error, status } = await request
  return error ? { kind: 'failed', text: reason(status, error.message) } : { kind: 'done', value: String(data) }
}

/** The two functions answer in sentences; what never reached them does not. */
function reason(status: number, message: string): string {
  if (status === 0 || status >= 500) return 'The server cannot be reached. Invitations need a connection.'
  return status === 401 ? 'You are signed out. Sign in again first.' : message
}
