import { fileURLToPath } from 'node:url'
import type { LocalSupabase } from '../start.ts'
import { readCatalogue } from './catalogue.ts'
import type { Catalogue } from './catalogue.ts'
import { toTypeScript } from './typescript.ts'

const preface = `// Written by \`pnpm types\` from the migrations, in the form of \`supabase gen types typescript\`, which needs Docker. Do not edit.

`

/** Where they are checked in. */
export const databaseTypesFile: string = fileURLToPath(new URL('../../../model/src/database.types.ts', import.meta.url))

/** The TypeScript file that describes schema \`public\` of this database. */
export async function databaseTypes(supabase: Pick<LocalSupabase, 'sql'>): Promise<string> {
  const [row] = await supabase.sql(readCatalogue, [])
  return preface + toTypeScript(row?.['catalogue'] as Catalogue)
}
