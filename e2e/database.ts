import type { APIRequestContext } from '@playwright/test'
import { localKeys } from '../packages/local-supabase/src/keys.ts'

/** Rows as the database has them, past all access rules. `query` is PostgREST's. */
export async function rowsOf<Row>(request: APIRequestContext, query: string): Promise<Row[]> {
  const response = await request.get(`/rest/v1/${query}`, { headers: { apikey: localKeys.service } })
  if (!response.ok()) throw new Error(`${query}: ${await response.text()}`)
  return (await response.json()) as Row[]
}
