import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { SupabaseClient } from '@supabase/supabase-js'
import { plainCodec } from './core/codec.ts'
import type { Collection, Priority } from './core/collection.ts'
import { SyncError } from './core/errors.ts'
import { lastWriteWins, type DeletePolicy, type MergePolicy } from './core/policies.ts'
import type { RetrySettings } from './core/retry.ts'
import type { Entities, Entity, SliceAccess, SliceRows } from './redux/slices.ts'
import type { Advise } from './engine/adviser.ts'
import type { Environment, LastUser, Network, OpenStorage, OpenTabs } from './engine/ports.ts'
import { toValidate } from './schema.ts'
import { snakeCase, type Table } from './supabase/tables.ts'

/** The part of RTK's entity adapter that is used: it keeps the slice's own order of rows. `never`: adapters of any entity fit. */
export interface AdapterLike {
  /** RTK's adapters have it: `false`, the rows stay in the order in which they came. */
  readonly sortComparer?: unknown
  setMany(state: never, entities: never): unknown
  removeMany(state: never, ids: never): unknown
}

/** A slice of any other form says how its entities are read and how rows are put in. */
export interface CustomSlice<State> {
  readonly read: (state: State) => Entities
  readonly write: (state: State, rows: SliceRows) => State
}

interface CollectionSettings {
  /** The field that names what the entity belongs to and is shared with; `'id'` for the root of sharing. */
  readonly scope: string
  /** Field -> collection: says who is whose parent, so that a parent's create goes before its children's. */
  readonly references?: Readonly<Record<string, string>>
  /** Default: the slice's name in snake_case. */
  readonly table?: string
  /** Field -> column. Default: the field in snake_case. */
  readonly columns?: Readonly<Record<string, string>>
  /** Fields that only the server fills in, as `server_columns` of `sync.register_table` names them. They are never sent. Default: none. */
  readonly serverFields?: readonly string[]
  /** A policy for each field. */
  readonly merge?: Readonly<Record<string, MergePolicy>>
  /** The policy of all other fields. Default: the last write wins. */
  readonly mergeDefault?: MergePolicy
  /** Fields in which a wrong decision does harm: conflicts about them are severe, and more of them are left to a person. */
  readonly critical?: readonly string[]
  /** 0 to 1: decisions that give one side up with less confidence than this are left to a person. Default: 0, which never asks. */
  readonly threshold?: number
  /** When one deletes what another edits. Default: `deleteWins`. */
  readonly onDelete?: DeletePolicy
  /** Default: `normal`. */
  readonly priority?: Priority
  /**
   * Any Standard Schema of the entity as it lies in the store, answering at once. A change that it refuses is put back and told
   * by `sync/changeRefused`; a row of the server that it refuses is not shown, and looked at again at the next start.
   */
  readonly schema?: StandardSchemaV1
  /** For entities that hold what JSON cannot, such as a Map. Dates need it only where they must come back as dates. */
  readonly codec?: EntityCodec
}

/** `toEntity(toFields(entity))` must be the same entity. Both are called for whole entities, `id` included. */
export interface EntityCodec {
  readonly toFields: (entity: never) => object
  readonly toEntity: (fields: never) => Entity
}

/** A `CustomSlice` of any state. */
interface AnySlice {
  readonly read: (state: never) => Entities
  readonly write: (state: never, rows: SliceRows) => unknown
}

export type CollectionOptions = CollectionSettings & ({ readonly adapter: AdapterLike } | AnySlice)

/**
 * Finds mistyped names where the adapter tells what its entities are: the scope, and the fields of `references` and `merge`, must be
 * fields of them, and parents must be collections. Names that were widened to `string`, in a variable without `as const`, pass, and
 * so do those of a collection with a codec, whose fields are not the entity's.
 */
type CheckedCollections<C> = {
  readonly [Name in keyof C]: KnownSettings<C[Name]> &
    (C[Name] extends { readonly codec: object }
      ? unknown
      : C[Name] extends { readonly adapter: { readonly selectId: (entity: infer E) => unknown } }
        ? CheckedNames<C[Name], { readonly field: FieldsOf<E>; readonly parent: keyof C & string }> & { readonly adapter: E extends Entity ? unknown : Mistyped<'An entity whose id is not a string', 'entity that can be synced'> }
        : unknown)
}

/** Of each kind of entity, where there are several. */
type FieldsOf<E> = E extends unknown ? keyof E & string : never

type KnownSettings<Given> = { readonly [Setting in Exclude<keyof Given, keyof CollectionSettings | 'adapter' | keyof AnySlice>]: Mistyped<Setting, 'setting of a collection'> }

interface CheckedNames<Given, Names extends { readonly field: string; readonly parent: string }> {
  readonly scope: Given extends { readonly scope: infer Scope } ? Names['field'] | Known<Scope, Names['field'], 'field of these entities'> : string
  readonly references?: Given extends { readonly references: infer References } ? { readonly [Field in keyof References]: Known<Field, Names['field'], 'field of these entities'> & Known<References[Field], Names['parent'], 'collection'> } : never
  readonly merge?: Given extends { readonly merge: infer Policies } ? { readonly [Field in keyof Policies]: Known<Field, Names['field'], 'field of these entities'> } : never
}

type Known<Name, Names, Kind extends string> = string extends Name ? unknown : Name extends Names ? unknown : Mistyped<Name, Kind>

/** What nothing is: the compiler tells of it, instead of a `never` that explains nothing. */
interface Mistyped<Name, Kind extends string> {
  readonly mistyped: `${Name & string} is no ${Kind}`
}

/** What `createSync` takes: `SyncOptions`, with the names in its collections checked. */
export interface CheckedOptions<C> extends Omit<SyncOptions, 'collections'> {
  /** By slice name, parents before children. */
  readonly collections: C & CheckedCollections<C>
}

export interface SyncOptions {
  /** An unmodified client: its session is whom the changes belong to. */
  readonly supabase: SupabaseClient
  /** By slice name, parents before children. */
  readonly collections: Readonly<Record<string, CollectionOptions>>
  /** Where changes are kept. Default: IndexedDB, shared by the tabs of the page's origin. */
  readonly storage?: OpenStorage
  /** How processes on one device share the storage. Default: Web Locks and a BroadcastChannel; alone when `storage` is given. */
  readonly tabs?: OpenTabs
  /** Whether the browser is asked to keep the data when room gets scarce, once a signed-in user has something to lose. Default: true. */
  readonly keepData?: boolean
  /** Scopes whose rows are shown first at a start, such as the trip that the page's address names. Default: in no order. */
  readonly first?: (scope: string) => boolean
  /** What is known of the network. Default: what the page knows; where there is no page, that it is always there. */
  readonly network?: Network
  /** Who used this device last, told at once. Default: in `localStorage`; where there is none, nobody did. */
  readonly lastUser?: LastUser
  /** The app's own version, which each change carries from then on: of use when a device with an old one brings odd changes. */
  readonly appVersion?: string
  /**
   * Has the browser wake the app's service worker, which must listen (`createBackgroundSync` of `@stowaway/sync/service-worker`),
   * when something waits and no tab is left to send it. Where browsers cannot do that it is sent at the next start. Default: false.
   */
  readonly backgroundSync?: boolean
  /**
   * The project has read replicas: a pull whose request fits into a URL goes by GET, which is what Supabase's load balancer gives
   * to them. Default: false, because for each new URL of another origin a browser first asks whether it may (a CORS preflight),
   * and a pull then takes two round trips.
   */
  readonly readReplicas?: boolean
  /**
   * Tells this app apart from others of the same origin, as in development on localhost: its databases, locks and messages are named
   * after it. Where there is a service worker, `createBackgroundSync` and `sharedSession` take the same. Default: `stowaway`. Once users
   * have work on their devices it must stay what it is.
   */
  readonly name?: string
  /** Told in sentences, once each, what only a developer can put right, such as a table that is not there. Default: `console.warn`. */
  readonly warn?: (sentence: string) => void
  /** How patient requests are, by the priority of the most urgent change that they carry. Default: half a second at first, 8 s at most. */
  readonly retry?: Partial<RetrySettings>
  /** Asked about each conflict that waits for a person; its advice stands beside the conflict in the `sync` slice. */
  readonly advise?: Advise
  /** 0 to 1: advice at least this confident is taken at once. Default: none is. */
  readonly takeAdviceFrom?: number
  /** Of the history that this device keeps of the user's own steps and of decisions about conflicts (`archivedHistory`). `keptDays`, default 90. */
  readonly history?: { readonly keptDays?: number }
  /** Time and chance, for tests. */
  readonly environment?: Partial<Environment>
}

export function toCollections(options: SyncOptions['collections']): ReadonlyMap<string, Collection> {
  const collections = Object.entries(options).map(([name, given]): [string, Collection] => {
    for (const parent of Object.values(given.references ?? {})) {
      if (!(parent in options)) throw new SyncError('bad-configuration', `${name} refers to ${parent}, which is not among the collections.`)
    }
    if (name === 'sync') throw new SyncError('bad-configuration', 'The slice name "sync" is taken by the state of sync itself.')
    const { scope: scopeField, references = {}, priority = 'normal', onDelete: deletePolicy = 'deleteWins' } = given
    const validate = given.schema === undefined ? null : toValidate(name, given.schema)
    const { serverFields = [], merge = {}, mergeDefault = lastWriteWins(), critical = [], threshold = 0 } = given
    if (!(threshold >= 0 && threshold <= 1)) throw new SyncError('bad-configuration', `The threshold of ${name} is ${threshold}; it must be a number from 0 to 1.`)
    return [name, { name, scopeField, references, priority, serverFields, merge, mergeDefault, deletePolicy, critical, threshold, validate, ...formOf(given) }]
  })
  return new Map(collections)
}

export function toTables(options: SyncOptions['collections']): Table[] {
  return Object.entries(options).map(([collection, { scope: scopeField, table = snakeCase(collection), columns = {} }]) => {
    return { collection, table, scopeField, columns }
  })
}

export function toSlices(options: SyncOptions['collections']): ReadonlyMap<string, SliceAccess> {
  return new Map(Object.entries(options).map(([name, given]) => [name, { ...formOf(given), ...('adapter' in given ? adapterAccess(name, given.adapter) : customAccess(name, given)) }]))
}

function formOf({ codec }: CollectionSettings): Pick<SliceAccess, 'toEntity' | 'toFields'> {
  if (codec === undefined) return plainCodec
  return { toFields: (entity) => codec.toFields(entity as never), toEntity: (id, fields) => codec.toEntity({ id, ...fields } as never) }
}

type Access = Pick<SliceAccess, 'collection' | 'read' | 'write'>

function adapterAccess(collection: string, adapter: AdapterLike): Access {
  return {
    collection,
    read: (slice) => slice as { ids: string[]; entities: Record<string, Entity> },
    write: (slice, { upserts, removes }) => {
      const set = adapter.sortComparer === false ? setUnsorted(slice as AdapterState, upserts) : adapter.setMany(slice as never, upserts as never)
      return removes.length > 0 ? adapter.removeMany(set as never, removes as never) : set
    },
  }
}

interface AdapterState {
  readonly ids: readonly string[]
  readonly entities: Entities
}

/** What `setMany` does, without a draft of the whole slice, which takes ten times as long. Frozen as Immer would have them. */
function setUnsorted(slice: AdapterState, upserts: readonly Entity[]): AdapterState {
  if (upserts.length === 0) return slice
  const entities = copyOf(slice.entities)
  const added: string[] = []
  for (const entity of upserts) {
    if (!Object.hasOwn(entities, entity.id)) added.push(entity.id)
    entities[entity.id] = freeze(entity)
  }
  return Object.freeze({ ...slice, entities: Object.freeze(entities), ids: added.length === 0 ? slice.ids : Object.freeze([...slice.ids, ...added]) })
}

/** In a loop: of tables of thousands a spread takes nearly twice as long (V8 13 and 15), and a start copies one with each part that it shows. */
function copyOf(entities: Entities): Record<string, Entity> {
  const copy: Record<string, Entity> = {}
  for (const id in entities) copy[id] = entities[id]!
  return copy
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const key in value) freeze(value[key])
  return Object.freeze(value)
}

function customAccess(collection: string, { read, write }: AnySlice): Access {
  return {
    collection,
    read: (slice) => ({ entities: read(slice as never) }),
    write: (slice, rows) => write(slice as never, rows),
  }
}
