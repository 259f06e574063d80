import { writeFile } from 'node:fs/promises'
import { startLocalSupabase } from '../packages/local-supabase/src/index.ts'
import { databaseTypes, databaseTypesFile } from '../packages/local-supabase/src/types/index.ts'

// `pnpm types`: after each migration that changes a table or a function of the API.
const supabase = await startLocalSupabase({ database: { kind: 'postgres' } })
try {
  await writeFile(databaseTypesFile, await databaseTypes(supabase))
} finally {
  await supabase.close()
}
