import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLocalSupabase } from '../start.ts'
import type { LocalSupabase } from '../start.ts'
import { databaseTypes, databaseTypesFile } from './index.ts'

const everyForm = `
  create type public.mood as enum ('glad', 'so so');
  create domain public.share as numeric check (value >= 0);
  create table public.forms (
    id bigint generated always as identity primary key, label text not null, filled int not null default 1, maybe timestamptz, tags text[] not null,
    doc jsonb, mood public.mood, share public.share, odd tsvector, twice int generated always as (filled * 2) stored,
    trip uuid unique references public.trips);
  create view public.labels as select label from public.forms;
  create function public.nothing() returns void language sql as '';
  create function public.pick(moods public.mood[], lim int default 1) returns setof public.mood language sql as 'select unnest(moods) limit lim';
  create function public.is_hidden() returns int language sql as 'select 1';
  revoke execute on function public.is_hidden() from public, anon, authenticated;
`

let supabase: LocalSupabase
beforeAll(async () => {
  supabase = await startLocalSupabase({ database: { kind: 'postgres' } })
})
afterAll(() => supabase.close())

test('the checked-in types of the database are those of the migrations', async () => {
  const checkedIn = await readFile(databaseTypesFile, 'utf8')
  const isFresh = checkedIn === (await databaseTypes(supabase))
  expect(isFresh, `${databaseTypesFile} does not fit the migrations any more. Run "pnpm types" and commit what it writes.`).toBe(true)
})

test('columns, keys, functions and enums have the types that supabase-js gives and takes', async () => {
  await supabase.sql(everyForm)
  const types = await databaseTypes(supabase)
  const table = types.slice(types.indexOf('      forms: {'), types.indexOf('      items: {'))
  expect(table.slice(table.indexOf('Row'), table.indexOf('Insert'))).toBe(`Row: {
          doc: Json | null
          filled: number
          id: number
          label: string
          maybe: string | null
          mood: Database["public"]["Enums"]["mood"] | null
          odd: unknown | null
          share: number | null
          tags: string[]
          trip: string | null
          twice: number | null
        }
        `)
  expect(table).toContain('Insert: {\n          doc?: Json | null\n          filled?: number\n          id?: never\n          label: string\n')
  expect(table).toContain('twice?: never')
  expect(table).toContain('columns: ["trip"]\n            isOneToOne: true\n            referencedRelation: "trips"\n            referencedColumns: ["id"]')
  expect(types).toContain('labels: {\n        Row: {\n          label: string | null\n')
  expect(types).toContain('nothing: { Args: never; Returns: undefined }')
  expect(types).toContain('pick: { Args: { lim?: number; moods: Database["public"]["Enums"]["mood"][] }; Returns: Database["public"]["Enums"]["mood"][] }')
  expect(types).toContain('mood: "glad" | "so so"')
  expect(types).not.toContain('is_hidden')
})
