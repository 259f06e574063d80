import { SyncError } from '../core/errors.ts'
import type { Fields, Json } from '../core/json.ts'
import type { Row } from '../core/types.ts'

/** How one collection lies in the database. */
export interface Table {
  readonly collection: string
  readonly table: string
  /** The field that names the scope, `id` for its root. */
  readonly scopeField: string
  /** Field -> column, where the column is not the field in snake_case. */
  readonly columns: Readonly<Record<string, string>>
}

function formOf({ collection, table, scopeField, columns }: Table): string {
  const mapped = Object.entries(columns).map((names) => names.join(':'))
  return [table, collection, scopeField, ...mapped.toSorted()].join(',')
}

export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
const camelCase = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** Translates between the app's names and the database's. */
export class Tables {
  /** Names what the app makes of the database: its tables and the names of their columns, in any order. */
  readonly form: string
  /** The names of the tables. */
  readonly names: readonly string[]
  readonly #byCollection: ReadonlyMap<string, Table>
  readonly #byTable: ReadonlyMap<string, Table>
  readonly #columnNames = new Map<string, string>()
  /** By table, then by column: a row is translated field by field, and must not make a key for each. */
  readonly #fieldNames: ReadonlyMap<string, Map<string, string>>
  /** The same for the columns of a row; `null`: no field of the app's. */
  readonly #rowFields: ReadonlyMap<string, Map<string, string | null>>

  constructor(tables: readonly Table[]) {
    this.form = tables.map(formOf).toSorted().join(' ')
    this.names = tables.map(({ table }) => table)
    this.#byCollection = new Map(tables.map((table) => [table.collection, table]))
    this.#byTable = new Map(tables.map((table) => [table.table, table]))
    this.#fieldNames = new Map(tables.map(({ table, columns }) => [table, new Map(Object.entries(columns).map(([field, column]) => [column, field]))]))
    this.#rowFields = new Map(tables.map(({ table }) => [table, new Map()]))
    for (const { collection, columns } of tables) {
      for (const [field, column] of Object.entries(columns)) {
        this.#columnNames.set(`${collection}.${field}`, column)
      }
    }
  }

  tableOf(collection: string): Table {
    const table = this.#byCollection.get(collection)
    if (table === undefined) throw new SyncError('bad-configuration', `${collection} is not among the collections of createSync.`)
    return table
  }

  /** `undefined`: a table that this version of the app does not know. */
  collectionOf(table: string): Table | undefined {
    return this.#byTable.get(table)
  }

  column({ collection }: Table, field: string): string {
    return this.#columnNames.get(`${collection}.${field}`) ?? remember(this.#columnNames, `${collection}.${field}`, snakeCase(field))
  }

  field({ table }: Table, column: string): string {
    const names = this.#fieldNames.get(table) ?? new Map<string, string>()
    return names.get(column) ?? remember(names, column, camelCase(column))
  }

  toColumns(table: Table, fields: Fields): Record<string, Json> {
    return Object.fromEntries(Object.entries(fields).map(([field, value]) => [this.column(table, field), value]))
  }

  /** A row of the wire. Columns named `sync_…` are the server's own. */
  toRow(table: Table, columns: Readonly<Record<string, Json>>): Row {
    const fields: Record<string, Json> = {}
    const names = this.#rowFields.get(table.table) ?? new Map<string, string | null>()
    // Rows come by thousands: no list is made of the columns of each, and each column is looked up once.
    for (const column in columns) {
      let field = names.get(column)
      if (field === undefined) {
        field = column === 'id' || column.startsWith('sync_') ? null : this.field(table, column)
        names.set(column, field)
      }
      if (field !== null) fields[field] = columns[column]!
    }
    const id = columns['id'] as string
    const scope = table.scopeField === 'id' ? id : (fields[table.scopeField] as string)
    return { collection: table.collection, id, scope, version: Number(columns['sync_version']), fields }
  }
}

function remember(names: Map<string, string>, key: string, name: string): string {
  names.set(key, name)
  return name
}
