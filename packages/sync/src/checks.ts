import { SyncError } from './core/errors.ts'
import type { CollectionOptions, SyncOptions } from './options.ts'
import { noSlice } from './redux/selectors.ts'
import { snakeCase } from './supabase/tables.ts'

const refuse = (sentence: string): never => {
  throw new SyncError('bad-configuration', sentence)
}

/**
 * What the types refuse too, in words, for apps without types: else it would be found out by data that stay where they are.
 *
 * @throws {SyncError} `bad-configuration`
 */
export function checkOptions({ supabase, collections }: Pick<SyncOptions, 'supabase' | 'collections'>): void {
  if (typeof (supabase as { readonly rpc?: unknown } | undefined)?.rpc !== 'function') refuse('createSync needs `supabase`, the client that createClient gives.')
  const tables = new Map<string, string>()
  for (const [name, given] of Object.entries(collections)) {
    checkCollection(name, given)
    const { table = snakeCase(name) } = given
    const other = tables.get(table)
    if (other !== undefined) refuse(`${other} and ${name} are both of the table ${table}: each collection needs a \`table\` of its own.`)
    tables.set(table, name)
  }
}

function checkCollection(name: string, given: CollectionOptions): void {
  if (typeof given.scope !== 'string' || given.scope === '') refuse(`The collection ${name} needs a \`scope\`: the field with the id of what its entities belong to, or 'id' where they are that themselves.`)
  const { setMany, read, write } = { ...('adapter' in given ? given.adapter : {}), ...given } as Readonly<Record<string, unknown>>
  if (typeof setMany !== 'function' && (typeof read !== 'function' || typeof write !== 'function')) {
    refuse(`The collection ${name} needs an \`adapter\`, which createEntityAdapter gives, or \`read\` and \`write\` for a slice of another form.`)
  }
  if ('adapter' in given && nameOf(given.adapter) !== 'probe') refuse(`The adapter of ${name} does not name its entities by \`id\`, as sync does: leave \`selectId\` away, and call the column \`id\`.`)
  for (const [field, policy] of Object.entries({ ...given.merge, [`all of ${name}`]: given.mergeDefault ?? (() => {}) })) {
    if (typeof policy !== 'function') refuse(`The policy for ${field} of ${name} is none: write \`manual()\`, say, not 'manual'.`)
  }
}

/** What the adapter would keep an entity with the id `probe` under; it may break on one of which nothing else is known. */
function nameOf(adapter: object): unknown {
  const { selectId = ({ id }) => id } = adapter as { readonly selectId?: (entity: { readonly id: string }) => unknown }
  try {
    return selectId({ id: 'probe' })
  } catch {
    return undefined
  }
}

/**
 * Whether the store was made with the reducer and the middleware of this sync: without one of them nothing would be shown or recorded, silently.
 *
 * @throws {SyncError} `bad-configuration`
 */
export function checkStore(state: unknown, { collections, hasMiddleware }: { readonly collections: SyncOptions['collections']; readonly hasMiddleware: boolean }): void {
  const slices = state as Readonly<Record<string, { readonly ids?: unknown; readonly entities?: unknown } | undefined>>
  if (slices['sync'] === undefined) refuse(noSlice)
  if (!hasMiddleware) refuse('The store is without `sync.middleware`: add it by `middleware: (getDefault) => getDefault().concat(sync.middleware)`.')
  for (const [name, given] of Object.entries(collections)) {
    const slice = slices[name]
    if ('adapter' in given && !(Array.isArray(slice?.ids) && typeof slice.entities === 'object')) {
      refuse(`The slice ${name} is not of the form that its adapter works on, { ids, entities }: begin with \`adapter.getInitialState()\`, or give \`read\` and \`write\` in place of \`adapter\`.`)
    }
  }
}
