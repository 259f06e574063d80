import { expectTypeOf, test } from 'vitest'
import type { DefaultRule, Item, Person, Tables, TablesInsert, Trip, TripDay, TripMember, TripRule } from './index.ts'

// Checked by the compiler: an entity whose fields are not the columns of its table, or could not be inserted there, is an error here.

type SnakeCase<Name extends string> = Name extends `${infer First}${infer Rest}` ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}` : ''
type Columns<Entity> = { [Field in keyof Entity as SnakeCase<Field & string>]: Entity[Field] }
/** Those that the server keeps for itself. */
type Kept = 'sync_version' | 'sync_xid'
/** What is sent: not what the database fills in. */
type Sent<Entity> = Omit<Columns<Entity>, 'created_at' | 'created_by'>

test('every entity has the fields that its table has columns', () => {
  expectTypeOf<keyof Columns<Trip>>().toEqualTypeOf<Exclude<keyof Tables<'trips'>, Kept>>()
  expectTypeOf<keyof Columns<TripMember>>().toEqualTypeOf<Exclude<keyof Tables<'trip_members'>, Kept>>()
  expectTypeOf<keyof Columns<TripDay>>().toEqualTypeOf<Exclude<keyof Tables<'trip_days'>, Kept>>()
  expectTypeOf<keyof Columns<TripRule>>().toEqualTypeOf<Exclude<keyof Tables<'trip_rules'>, Kept>>()
  expectTypeOf<keyof Columns<Person>>().toEqualTypeOf<Exclude<keyof Tables<'people'>, Kept>>()
  expectTypeOf<keyof Columns<Item>>().toEqualTypeOf<Exclude<keyof Tables<'items'>, Kept>>()
  expectTypeOf<keyof Columns<DefaultRule>>().toEqualTypeOf<Exclude<keyof Tables<'default_rules'>, Kept>>()
})

test('every entity can be inserted into its table as it is', () => {
  expectTypeOf<Sent<Trip>>().toExtend<TablesInsert<'trips'>>()
  expectTypeOf<Sent<TripMember>>().toExtend<TablesInsert<'trip_members'>>()
  expectTypeOf<Sent<TripDay>>().toExtend<TablesInsert<'trip_days'>>()
  expectTypeOf<Sent<TripRule>>().toExtend<TablesInsert<'trip_rules'>>()
  expectTypeOf<Sent<Person>>().toExtend<TablesInsert<'people'>>()
  expectTypeOf<Sent<Item>>().toExtend<TablesInsert<'items'>>()
  expectTypeOf<Sent<DefaultRule>>().toExtend<TablesInsert<'default_rules'>>()
})
