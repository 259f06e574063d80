import { live, type LivePage } from './live.ts'
import { itemRows, type Library, type Started } from './library.ts'
import { ours, oursSingly } from './ours.ts'
import { bare, bareSingly, raw } from './raw.ts'
import { storageAlone } from './storage-alone.ts'
import { isStored, removeDatabases } from './stored.ts'

/** Peers are loaded when they are asked for: the others' pages are without them. */
const libraries = {
  raw: () => raw,
  bare: () => bare,
  bareSingly: () => bareSingly,
  ours: () => ours,
  oursSingly: () => oursSingly,
  storageAlone: () => storageAlone,
  rxdb: async () => (await import('./peers/rxdb.ts')).rxdb,
  legend: async () => (await import('./peers/legend.ts')).legend,
  tanstack: async () => (await import('./peers/tanstack.ts')).tanstack,
} satisfies Record<string, () => Library | Promise<Library>>
export type LibraryName = keyof typeof libraries

/** What an edit cost, in milliseconds: how long it held up its caller, and how long it took until it was durable, that included. */
export interface EditCost {
  readonly held: number
  readonly durable: number
}

/** What a page of the bench does when it is told to. A library's database is named by the library and how many rows it holds. */
export interface BenchPage {
  /** Milliseconds in which so many rows were stored into an empty database. */
  readonly fill: (library: LibraryName, rows: number) => Promise<number>
  /** Milliseconds from nothing in memory until all rows could be used, and those of the longest task of the page meanwhile: 0, none was over 50. */
  readonly start: (library: LibraryName, rows: number) => Promise<{ readonly took: number; readonly longestTask: number }>
  /** Edits by turns of the libraries, `atOnce` items each; the costs of those after the warm-up. */
  readonly edit: (names: readonly LibraryName[], work: EditWork) => Promise<Record<string, readonly EditCost[]>>
  /** One item so many times at once: transactions that wrote, until all was durable, and ops on the wire; `null`: it sends none. */
  readonly editOne: (library: LibraryName, work: { readonly rows: number; readonly times: number }) => Promise<{ readonly transactions: number; readonly ops: number | null }>
}

export interface EditWork {
  readonly rows: number
  readonly atOnce: number
  readonly turns: { readonly warmUp: number; readonly measured: number }
}

declare global {
  interface Window {
    bench: BenchPage
    live: LivePage
  }
}

const databaseOf = (library: LibraryName, rows: number): string => `${library}-${rows}-rows`

/** Garbage of what came before must not be paid for by what comes next. */
async function rest(): Promise<void> {
  globalThis.gc?.()
  await new Promise((resolve) => void setTimeout(resolve, 20))
}

async function startWhole(library: LibraryName, rows: number): Promise<Started> {
  const { start } = await libraries[library]()
  const started = await start(databaseOf(library, rows))
  if (started.ids.length !== rows) throw new Error(`${library} holds ${started.ids.length} of ${rows} rows: the figures are of something else.`)
  return started
}

window.live = live
window.bench = {
  fill: async (library, rows) => {
    const database = databaseOf(library, rows)
    await removeDatabases(database)
    const { empty } = await libraries[library]()
    const { store, close } = await empty(database, itemRows(rows))
    await rest()
    const begun = performance.now()
    await store()
    const took = performance.now() - begun
    await close()
    return took
  },
  start: async (library, rows) => {
    await libraries[library]()
    await rest()
    const tasks: number[] = []
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)))
    observer.observe({ entryTypes: ['longtask'] })
    const begun = performance.now()
    const { close } = await startWhole(library, rows)
    const took = performance.now() - begun
    // Entries are delivered in a task of their own.
    await new Promise((resolve) => void setTimeout(resolve, 100))
    tasks.push(...observer.takeRecords().map(({ duration }) => duration))
    observer.disconnect()
    await close()
    return { took, longestTask: Math.max(0, ...tasks) }
  },
  edit: async (names, { rows, atOnce, turns }) => {
    const started = await Promise.all(names.map(async (name) => [name, await startWhole(name, rows)] as const))
    // Higher in each page: what changes nothing is not recorded.
    const start = Math.floor(performance.timeOrigin)
    const last = start + turns.warmUp + turns.measured
    const costs: Record<string, EditCost[]> = Object.fromEntries(names.map((name) => [name, []]))
    for (let turn = 1; turn <= turns.warmUp + turns.measured; turn += 1) {
      for (const [name, { ids, edit }] of started) {
        // Far from each other in the list, and others each time.
        const edited = Array.from({ length: atOnce }, (_, index) => ids[((turn * atOnce + index) * 7_919) % rows]!)
        if (atOnce > 1) await rest()
        else await new Promise((resolve) => void setTimeout(resolve))
        const begun = performance.now()
        const done = edit(edited, start + turn)
        const held = performance.now() - begun
        await done
        if (turn > turns.warmUp) costs[name]!.push({ held, durable: performance.now() - begun })
      }
    }
    for (const name of names) {
      if (!(await isStored(databaseOf(name, rows), last))) throw new Error(`${name} has not stored what it said it had: the figures are of something else.`)
    }
    for (const [, { close }] of started) await close()
    return costs
  },
  editOne: async (library, { rows, times }) => {
    // Before it is opened: Dexie holds on to the function that it finds then.
    const count = countTransactions()
    const { ids, edit, send, close } = await startWhole(library, rows)
    // What is written once at a start is written then.
    await edit(ids.slice(0, 1), 2)
    await rest()
    const before = count.now()
    await edit(Array.from({ length: times }, () => ids[0]!), 3)
    const transactions = count.now() - before
    const ops = send === undefined ? null : await send()
    await close()
    count.stop()
    return { transactions, ops }
  },
}

/** Transactions that may write, of all databases of the page. */
function countTransactions(): { readonly now: () => number; readonly stop: () => void } {
  const prototype = IDBDatabase.prototype
  const original = Object.getOwnPropertyDescriptor(prototype, 'transaction')!
  let count = 0
  prototype.transaction = function transaction(...call) {
    if (call[1] === 'readwrite') count += 1
    return (original.value as IDBDatabase['transaction']).apply(this, call)
  }
  return { now: () => count, stop: () => void Object.defineProperty(prototype, 'transaction', original) }
}
