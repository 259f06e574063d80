import type { PostgrestSingleResponse } from '@supabase/supabase-js'
import { invitationsSchema, type Invitation } from '@stowaway/model'
import { supabase } from '../supabase.ts'

export type InvitedRole = 'editor' | 'viewer'
export type InvitationError = 'unreachable' | 'signed-out' | 'not-allowed' | 'gone' | 'expired' | 'unusable'

/** Either what was asked for, or why not. */
export type Reply = { readonly kind: 'done'; readonly value: string } | { readonly kind: 'failed'; readonly why: InvitationError }

/** Makes a link by which others can join a trip, or, with an address, who has an account with it. Needs a connection: only the server can vouch for a token. */
export async function createInvitation(trip: string, role: InvitedRole, email: string | null): Promise<Reply> {
  const reply = await ask(supabase.rpc('create_invite', { trip, role, ...(email !== null && { email }) }))
  return reply.kind === 'done' ? { kind: 'done', value: `${window.location.origin}/join/${reply.value}` } : reply
}

/** Makes the user a member of the trip, whose id is the reply's value. */
export const acceptInvitation = async (token: string): Promise<Reply> => ask(supabase.rpc('accept_invite', { token }))

/** Those that are open; none while the server cannot be reached. */
export async function myInvitations(): Promise<readonly Invitation[]> {
  const { data } = await supabase.rpc('my_invites')
  return invitationsSchema.catch([]).parse(data)
}

/** Makes the user a member of the trip. */
export const acceptMyInvitation = async (invite: string): Promise<Reply> => ask(supabase.rpc('accept_my_invite', { invite }))

const reasons: Readonly<Record<number, InvitationError>> = { 401: 'signed-out', 403: 'not-allowed', 404: 'gone', 410: 'expired' }

async function ask(request: PromiseLike<PostgrestSingleResponse<unknown>>): Promise<Reply> {
  const { data, error, status } = await request
  if (error === null) return { kind: 'done', value: String(data) }
  return { kind: 'failed', why: status === 0 || status >= 500 ? 'unreachable' : (reasons[status] ?? 'unusable') }
}
