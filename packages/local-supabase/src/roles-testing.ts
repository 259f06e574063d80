import { randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import { localKeys } from './keys.ts'
import { startLocalSupabase } from './start.ts'
import type { LocalSupabase } from './start.ts'
import { signIn } from './testing.ts'

export const callers = ['owner', 'editor', 'viewer', 'former', 'stranger', 'anon', 'expired', 'deleted'] as const
/** `former` was a member; `expired` is the owner with a token of yesterday; `deleted` was an editor, has no account, and still a token. */
export type Caller = (typeof callers)[number]

export interface RolesWorld {
  readonly supabase: LocalSupabase
  /** The trip that the roles are about. */
  readonly trip: string
  readonly owner: string
  /** Somebody else yet, whom others can make a member. */
  readonly guest: string
  /** User ids; those of `anon` and `expired` are the owner's. */
  readonly ids: Readonly<Record<Caller, string>>
  request(caller: Caller, path: string, init?: { method?: string; body?: object; headers?: Record<string, string> }): Promise<{ status: number; body: unknown }>
  /** Puts the members and their roles back as they were. */
  restoreMembers(): Promise<void>
}

export async function openRolesWorld(): Promise<RolesWorld> {
  const supabase = await startLocalSupabase({ database: { kind: 'postgres' } })
  const trip = randomUUID()
  const members = ['owner', 'editor', 'viewer', 'former', 'deleted', 'stranger'] as const
  const users = await Promise.all(members.map(async (name) => [name, await signIn(supabase, name)] as const))
  const idOf = (name: Caller) => users.find(([caller]) => caller === name)?.[1].id ?? ''
  const ids = { owner: idOf('owner'), editor: idOf('editor'), viewer: idOf('viewer'), former: idOf('former'), stranger: idOf('stranger'), deleted: idOf('deleted'), anon: idOf('owner'), expired: idOf('owner') }
  await supabase.sql(`insert into public.trips (id, name, created_by) values ($1, 'The trip', $2)`, [trip, ids.owner])
  await supabase.sql(
    `insert into public.trip_members (trip_id, user_id, role, name)
       select $1, u.id, u.role, u.role from (values ($2::uuid, 'editor'), ($3::uuid, 'viewer'), ($4::uuid, 'editor'), ($5::uuid, 'editor')) u (id, role)`,
    [trip, ids.editor, ids.viewer, ids.former, ids.deleted],
  )
  await supabase.sql('delete from public.trip_members where user_id = $1', [ids.former])
  const guest = await supabase.createUser('guest@example.com', 'packing-list', 'guest')
  const tokens = new Map<Caller, string>([['anon', localKeys.anon], ['expired', await expiredToken(ids.owner)]])
  for (const [name, { client }] of users) tokens.set(name, (await client.auth.getSession()).data.session?.access_token ?? '')
  await supabase.sql('delete from auth.users where id = $1', [ids.deleted])

  return {
    supabase, trip, ids,
    owner: ids.owner,
    guest: guest.id,
    request: async (caller, path, { method = 'GET', body, headers = {} } = {}) => {
      const answer = await fetch(`${supabase.url}/rest/v1/${path}`, {
        method,
        headers: { apikey: localKeys.anon, authorization: `Bearer ${tokens.get(caller) ?? ''}`, 'content-type': 'application/json', prefer: 'return=minimal', ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const text = await answer.text()
      return { status: answer.status, body: text === '' ? null : (JSON.parse(text) as unknown) }
    },
    restoreMembers: async () => {
      await supabase.sql(`delete from public.trip_members where trip_id = $1 and user_id in ($2, $3)`, [trip, ids.former, ids.stranger])
      for (const role of ['owner', 'editor'] as const) {
        await supabase.sql('update public.trip_members set role = $1 where trip_id = $2 and user_id = $3 and role <> $1', [role, trip, ids[role]])
      }
    },
  }
}

function expiredToken(user: string): Promise<string> {
  const yesterday = Math.floor(Date.now() / 1000) - 86_400
  return new SignJWT({ role: 'authenticated', aud: 'authenticated' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(user)
    .setIssuedAt(yesterday)
    .setExpirationTime(yesterday + 3_600)
    .sign(new TextEncoder().encode(localKeys.jwtSecret))
}
