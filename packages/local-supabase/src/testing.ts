import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@supabase/supabase-js'
import type { SupabaseClient } from '@supabase/supabase-js'
import type { LocalSupabase } from './start.ts'

/** A project of one table whose inserts poke their owner; for tests of the stand-in alone. */
const notes = `
create table public.notes (
  id uuid primary key default gen_random_uuid(),
  owner uuid not null default auth.uid() references auth.users (id) on delete cascade,
  body text not null
);
alter table public.notes enable row level security;
revoke all on public.notes from anon, authenticated;
grant select, insert on public.notes to authenticated;
create policy "own rows" on public.notes for all to authenticated
  using (owner = (select auth.uid())) with check (owner = (select auth.uid()));

create function public.write_note(note jsonb) returns jsonb language plpgsql as $$
declare before uuid := auth.uid();
begin
  insert into public.notes (body) values (note ->> 'body');
  return jsonb_build_object('note', note, 'before', before, 'after', auth.uid(), 'role', current_user,
    'foreign', (select count(*) from public.notes where owner <> before));
end $$;
revoke execute on function public.write_note from public, anon;

create function public.poke_owner() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  perform realtime.send(jsonb_build_object('body', new.body), 'poke', 'sync:' || new.owner, true);
  return null;
end $$;
create trigger poke_owner after insert on public.notes for each row execute function public.poke_owner();
create policy "own topic" on realtime.messages for select to authenticated
  using ((select realtime.topic()) = 'sync:' || (select auth.uid())::text);
`

/** Writes migrations (by default the one above) to a new folder and resolves with its path. */
export async function migrationsOf(files: Record<string, string> = { '20260101000000_notes.sql': notes }): Promise<string> {
  const folder = await temporaryFolder('migrations')
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  return folder
}

export function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `${name}-`))
}

export interface SignedIn {
  readonly id: string
  readonly client: SupabaseClient
}

/** A new user and an unmodified client that is signed in as that user. */
export async function signIn(supabase: LocalSupabase, name: string): Promise<SignedIn> {
  const email = `${name}@example.com`
  const { id } = await supabase.createUser(email, 'packing-list', name)
  const client = createClient(supabase.url, supabase.anonKey, { auth: { persistSession: false, autoRefreshToken: false } })
  const { error } = await client.auth.signInWithPassword({ email, password: 'packing-list' })
  if (error) throw error
  return { id, client }
}

/** By invitation, as an editor: nobody is added to a trip unasked. */
export async function share(trip: string, owner: SignedIn, guest: SignedIn): Promise<void> {
  const token = await owner.client.rpc('create_invite', { trip, role: 'editor' }).throwOnError()
  await guest.client.rpc('accept_invite', { token: String(token.data) }).throwOnError()
}
