import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database } from './database.ts'
import { LocalSupabaseError } from './errors.ts'

// The official CLI's rule for what is a migration, and its table of those that have been applied.
const migrationName = /^([0-9]+)_(.*)\.sql$/
const createHistory = `
  create schema if not exists supabase_migrations;
  create table if not exists supabase_migrations.schema_migrations (
    version text primary key, statements text[], name text
  );`

/** Applies what has not been applied yet, in order of version, each migration in a transaction of its own. */
export async function applyMigrations(database: Database, folder: string): Promise<void> {
  await database.query(createHistory)
  const applied = new Set(
    (await database.query('select version from supabase_migrations.schema_migrations', [])).map((row) => row['version']),
  )
  for (const file of (await readdir(folder)).sort()) {
    const [, version, name] = migrationName.exec(file) ?? []
    if (version === undefined || applied.has(version)) continue
    const text = await readFile(join(folder, file), 'utf8')
    try {
      await database.transaction(async (query) => {
        await query(text)
        await query(
          'insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, array[$3])',
          [version, name, text],
        )
      })
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new LocalSupabaseError(
        'migration_failed',
        `The migration ${file} failed and was rolled back: ${reason}. Correct the file and start again.`,
        { cause },
      )
    }
  }
}
