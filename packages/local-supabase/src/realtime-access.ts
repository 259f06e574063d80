import { jwtVerify } from 'jose'
import type { Database } from './database.ts'
import { localKeys } from './keys.ts'

/** `expires` in milliseconds since 1970; undefined: never, as for the keys themselves. */
export interface Caller {
  readonly role: string
  readonly claims: Record<string, unknown>
  readonly expires: number | undefined
}

/** What a caller may do on a channel. */
export interface Access {
  readonly broadcast: Rights
  readonly presence: Rights
}

export interface Rights {
  readonly read: boolean
  readonly write: boolean
}

const everything: Rights = { read: true, write: true }
/** On a public channel. */
export const fullAccess: Access = { broadcast: everything, presence: everything }

const secret = new TextEncoder().encode(localKeys.jwtSecret)
const roles = new Set(['anon', 'authenticated', 'service_role'])

/** Rejects when the token is not one of this server, or is over. */
export async function callerOf(token: unknown): Promise<Caller> {
  if (token === undefined || token === null || token === localKeys.anon) return keyHolder('anon')
  if (token === localKeys.service) return keyHolder('service_role')
  if (typeof token !== 'string') throw new TypeError('a token is a string')
  const { payload } = await jwtVerify(token, secret)
  const role = typeof payload['role'] === 'string' && roles.has(payload['role']) ? payload['role'] : 'anon'
  return { role, claims: payload, expires: payload.exp === undefined ? undefined : payload.exp * 1000 }
}

/** What the policies on realtime.messages let the caller do on a private topic. */
export async function accessTo(database: Database, topic: string, caller: Caller): Promise<Access> {
  const rightsIn = async (extension: keyof Access): Promise<Rights> => {
    const [row] = await database.query('select * from realtime.access_of($1, $2, $3, $4)', [topic, extension, caller.role, caller.claims])
    return { read: row?.['may_read'] === true, write: row?.['may_write'] === true }
  }
  return { broadcast: await rightsIn('broadcast'), presence: await rightsIn('presence') }
}

/** The channel is of no use to who may read nothing of it, or may only hear of presence and does not ask for it. */
export const mayJoin = ({ broadcast, presence }: Access, asksForPresence: boolean): boolean => broadcast.read || (asksForPresence && presence.read)

/** What could be read before cannot be now: a channel on which that happens is ended, whatever else it may do. */
export const isRevoked = (before: Access, now: Access): boolean =>
  (before.broadcast.read && !now.broadcast.read) || (before.presence.read && !now.presence.read)

function keyHolder(role: string): Caller {
  return { role, claims: { role }, expires: undefined }
}
