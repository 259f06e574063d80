import { randomUUID } from 'node:crypto'
import type { LocalSupabase } from '@stowaway/local-supabase'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { openLink, type Link } from './link.ts'

/** A new user with a trip of their own: what one variant writes, no other is told of. */
export interface Traveller {
  readonly supabase: SupabaseClient
  readonly link: Link
  readonly trip: string
  /** Where the items are: ours are synced, peers have columns that their documentation asks for. */
  readonly table: 'items' | 'peer_items'
  readonly itemIds: readonly string[]
}

/** `delay`: milliseconds added to each round trip of the client. */
export async function createTraveller(backend: LocalSupabase, { items, delay, table = 'items' }: { items: number; delay: number; table?: Traveller['table'] }): Promise<Traveller> {
  const email = `${randomUUID()}@example.com`
  const password = 'packing-list'
  const { id: user } = await backend.createUser(email, password, 'Traveller')
  const trip = randomUUID()
  await backend.sql(`insert into public.trips (id, name, created_by) values ($1, 'The Alps', $2)`, [trip, user])
  const rows = await backend.sql(
    `insert into public.${table} (id, trip_id, name, category, position)
       select gen_random_uuid(), $1, 'Item number ' || n, 'Clothes', n from generate_series(1, $2::int) n returning id`,
    [trip, items],
  )
  const link = openLink(delay)
  const supabase = createClient(backend.url, backend.anonKey, {
    auth: { persistSession: false, autoRefreshToken: false },
    global: { fetch: link.fetch },
  })
  const { error } = await supabase.auth.signInWithPassword({ email, password })
  if (error) throw error
  return { supabase, link, trip, table, itemIds: rows.map(({ id }) => String(id)) }
}
