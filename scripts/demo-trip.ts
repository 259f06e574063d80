import { randomUUID } from 'node:crypto'
import type { LocalSupabase } from '../packages/local-supabase/src/index.ts'

export const demoAccounts = [
  { name: 'Ann', email: 'ann@example.com' },
  { name: 'Ben', email: 'ben@example.com' },
] as const
export const demoPassword = 'packing-list'

const people = [
  { name: 'Ann', color: '#d9643a' },
  { name: 'Ben', color: '#2f7fc1' },
  { name: 'Mia', color: '#8a5cc2', age_group: 'child' },
]
const items: Array<{ name: string; category: string; quantity: number; person?: string }> = [
  { name: 'Passports', category: 'Documents', quantity: 3 },
  { name: 'Train tickets', category: 'Documents', quantity: 3 },
  { name: 'First-aid kit', category: 'Medicine', quantity: 1 },
  { name: 'Sun cream', category: 'Medicine', quantity: 1 },
  { name: 'Hiking boots', category: 'Clothes', quantity: 1, person: 'Ann' },
  { name: 'Rain jacket', category: 'Clothes', quantity: 1, person: 'Ben' },
  { name: 'Socks', category: 'Clothes', quantity: 7, person: 'Mia' },
  { name: 'Storybook', category: 'Fun', quantity: 2, person: 'Mia' },
]

/** The accounts, and a trip that they share. What is there already stays as it is. */
export async function ensureDemoData(supabase: LocalSupabase): Promise<void> {
  const ids: string[] = []
  for (const { name, email } of demoAccounts) {
    const [known] = await supabase.sql('select id from auth.users where email = $1', [email])
    ids.push(known === undefined ? (await supabase.createUser(email, demoPassword, name)).id : String(known['id']))
  }
  const [owner, editor] = ids
  // Scopes are remembered when trips are deleted: a demo trip that somebody has deleted does not come back.
  const [anything] = await supabase.sql('select from sync.scopes limit 1', [])
  if (anything === undefined && owner !== undefined && editor !== undefined) await createTrip(supabase, { owner, editor })
}

/** One statement, so that a start which is interrupted leaves no half of a trip. */
async function createTrip(supabase: LocalSupabase, { owner, editor }: { owner: string; editor: string }): Promise<void> {
  const trip = randomUUID()
  const personIds = new Map(people.map(({ name }) => [name, randomUUID()]))
  const peopleRows = people.map((person, position) => ({ ...person, id: personIds.get(person.name), position }))
  const itemRows = items.map(({ person, ...item }, position) => ({
    ...item,
    id: randomUUID(),
    person_id: person === undefined ? null : personIds.get(person),
    position,
  }))
  await supabase.sql(
    `with trip as (
       insert into public.trips (id, name, destination, starts_on, ends_on, created_by)
       values ($1, 'A week in the Alps', 'Grindelwald', current_date + 14, current_date + 21, $2)
     ), member as (
       insert into public.trip_members (trip_id, user_id, role) values ($1, $3, 'editor')
     ), person as (
       insert into public.people (id, trip_id, name, color, age_group, position)
       select p.id, $1, p.name, p.color, p.age_group, p.position
         from jsonb_to_recordset($4::jsonb) as p (id uuid, name text, color text, age_group text, position int)
     )
     insert into public.items (id, trip_id, person_id, name, quantity, category, position)
     select i.id, $1, i.person_id, i.name, i.quantity, i.category, i.position
       from jsonb_to_recordset($5::jsonb)
         as i (id uuid, person_id uuid, name text, quantity int, category text, position double precision)`,
    [trip, owner, editor, peopleRows, itemRows],
  )
}
