import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'

/**
 * For `barePatch`: under the same policies and triggers as every write, but not once only, without compare-and-set, and with
 * one answer for all.
 */
const patchFunction = `
create function public.bench_patch(patches jsonb) returns void language sql security invoker set search_path = '' as $$
  update public.items i set quantity = p.quantity
    from jsonb_to_recordset(patches) as p (id uuid, quantity int) where i.id = p.id
$$;
revoke execute on function public.bench_patch from public, anon;
grant execute on function public.bench_patch to authenticated;
`

const migrations = fileURLToPath(new URL('../../../supabase/migrations', import.meta.url))

/** Real Postgres with the project's migrations, then ours: the API reads the schema once, at the start. */
export async function startBackend(): Promise<LocalSupabase> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-migrations-'))
  try {
    await cp(migrations, folder, { recursive: true })
    await writeFile(join(folder, '99999999999999_bench.sql'), patchFunction)
    return await startLocalSupabase({ database: { kind: 'postgres' }, migrations: folder })
  } finally {
    await rm(folder, { recursive: true })
  }
}
