import type { Catalogue, ColumnEntry, FunctionEntry, RelationshipEntry, TableEntry } from './catalogue.ts'
import { helperTypes } from './helper-types.ts'

const numbers = new Set(['smallint', 'integer', 'bigint', 'real', 'double precision', 'numeric'])
const strings = new Set(['text', 'character varying', 'character', 'citext', 'uuid', 'date', 'time without time zone', 'time with time zone', 'timestamp without time zone', 'timestamp with time zone', 'bytea'])

/** The catalogue as TypeScript, in the form of `supabase gen types typescript`: names in the order of the alphabet. */
export function toTypeScript(catalogue: Catalogue): string {
  const typeOf = (type: string): string => {
    if (type.endsWith('[]')) return `${typeOf(type.slice(0, -2))}[]`
    if (type === 'boolean') return 'boolean'
    if (type === 'json' || type === 'jsonb') return 'Json'
    if (type === 'void') return 'undefined'
    if (numbers.has(type)) return 'number'
    if (strings.has(type)) return 'string'
    return catalogue.enums.some(({ name }) => name === type) ? `Database["public"]["Enums"]["${type}"]` : 'unknown'
  }
  return `export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  public: {
    Tables: ${members(catalogue.tables.map((table) => [table.name, tableType(table, typeOf)]))}
    Views: ${members(catalogue.views.map((view) => [view.name, viewType(view, typeOf)]))}
    Functions: ${members(functionTypes(catalogue.functions, typeOf))}
    Enums: ${members(catalogue.enums.map(({ name, values }) => [name, values.map((value) => JSON.stringify(value)).join(' | ')]))}
    CompositeTypes: ${members([])}
  }
}
${helperTypes}
export const Constants = {
  public: {
    Enums: {${catalogue.enums.map(({ name, values }) => `\n      ${name}: ${JSON.stringify(values)},`).join('')}${catalogue.enums.length > 0 ? '\n    ' : ''}},
  },
} as const
`
}

type TypeOf = (type: string) => string

/** The members of a type in the schema, or the type that has none. */
function members(entries: readonly (readonly [string, string])[]): string {
  if (entries.length === 0) return '{\n      [_ in never]: never\n    }'
  return `{\n${entries.map(([name, type]) => `      ${name}: ${type}\n`).join('')}    }`
}

const block = (lines: readonly string[]) => `{\n${lines.map((line) => `          ${line}\n`).join('')}        }`
const orNull = ({ type, nullable }: ColumnEntry, typeOf: TypeOf) => `${typeOf(type)}${nullable ? ' | null' : ''}`

function tableType({ columns, relationships }: TableEntry, typeOf: TypeOf): string {
  const row = columns.map((column) => `${column.name}: ${orNull(column, typeOf)}`)
  const given = (column: ColumnEntry, optional: boolean) => `${column.name}${optional ? '?' : ''}: ${column.filled === 'always' ? 'never' : orNull(column, typeOf)}`
  const insert = columns.map((column) => given(column, column.nullable || column.filled !== 'no'))
  const update = columns.map((column) => given(column, true))
  return `{
        Row: ${block(row)}
        Insert: ${block(insert)}
        Update: ${block(update)}
        Relationships: [${relationships.map(relationshipType).join('')}${relationships.length > 0 ? '\n        ' : ''}]
      }`
}

function viewType({ columns, relationships }: TableEntry, typeOf: TypeOf): string {
  return `{
        Row: ${block(columns.map((column) => `${column.name}: ${typeOf(column.type)} | null`))}
        Relationships: [${relationships.map(relationshipType).join('')}]
      }`
}

const list = (names: readonly string[]) => `[${names.map((one) => JSON.stringify(one)).join(', ')}]`

function relationshipType({ name, columns, table, referenced, oneToOne }: RelationshipEntry): string {
  return `
          {
            foreignKeyName: ${JSON.stringify(name)}
            columns: ${list(columns)}
            isOneToOne: ${oneToOne}
            referencedRelation: ${JSON.stringify(table)}
            referencedColumns: ${list(referenced)}
          },`
}

/** Functions of one name are one member: a union. */
function functionTypes(functions: readonly FunctionEntry[], typeOf: TypeOf): readonly (readonly [string, string])[] {
  const names = [...new Set(functions.map(({ name }) => name))]
  return names.map((name) => [name, functions.filter((one) => one.name === name).map((one) => functionType(one, typeOf)).join(' | ')])
}

function functionType({ args, returns, isSet }: FunctionEntry, typeOf: TypeOf): string {
  const parameters = args.map((arg) => `${arg.name}${arg.optional ? '?' : ''}: ${typeOf(arg.type)}`)
  return `{ Args: ${parameters.length === 0 ? 'never' : `{ ${parameters.join('; ')} }`}; Returns: ${typeOf(returns)}${isSet ? '[]' : ''} }`
}
