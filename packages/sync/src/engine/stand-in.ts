import { OutdatedRead } from '../core/errors.ts'
import type { Standing } from '../core/naming.ts'
import { counters, keys, kindOf, sequenceIn, type RecordKind } from '../core/records.ts'
import { seal, unseal } from '../core/sealed.ts'
import { problemOf, type StorageProblem } from '../core/storage-error.ts'
import type { Change, RecordedChange } from '../core/types.ts'
import { alone } from './alone.ts'
import { apart } from './apart.ts'
import { memoryStorage } from './memory-storage.ts'
import { sealedWrite } from './opening.ts'
import type { Environment, OpenStorage, OpenTabs, Storage } from './ports.ts'
import { caughtUp, commitsOf, differenceOf, renumbered, sequencesOf, type Apart, type Records, type Renumbered } from './taking-over.ts'

export interface StandInParts {
  readonly openStorage: OpenStorage
  readonly openTabs: OpenTabs
  readonly environment: Environment
}

/** What a tab knew whose storage took nothing more. */
export interface Unstored {
  /** By key; those too for which there was no room. */
  readonly records: ReadonlyMap<string, unknown>
  /** Those that could not be made durable. */
  readonly changes: readonly Change[]
}

/** Where the device's storage cannot be used, memory stands in for it, for each user and for this tab alone [ST2]. */
export interface StandIn {
  /** Never rejects. What has come together in memory is taken over as soon as the device's storage takes it. */
  readonly openStorage: OpenStorage
  /** To be asked after `openStorage`: of what a tab holds in memory alone it tells nobody. */
  readonly openTabs: OpenTabs
  /** The device's storage opens and takes nothing more: memory goes on from what is stored there, and from what the tab knew beyond that. */
  readonly refuse: (user: string, problem: StorageProblem, unstored?: Unstored) => Promise<void>
  /** Whether the device's storage would take over now what is in memory. */
  readonly isBack: (user: string) => Promise<boolean>
}

/** Sequence numbers a millisecond, and by how many those of two tabs may lie apart that begin in the same one. */
const numbersPerMillisecond = 2_048
const mostApart = 1_000_000
/** Above it there are numbers that a double cannot hold, and two changes would get the same. No clock that is right comes to it before the year 2109. */
const mostByTime = 9e15
/** Characters for which there must be room beyond what waits: else memory would have to stand in again at once. */
const toSpare = 200_000

interface Memory {
  readonly storage: Storage
  problem: StorageProblem
  /** What was stored on the device when memory last looked; empty: it could not be read. */
  seed: Records
  standsOnSeed: boolean
  /** By sequence number: the changes in the seed. */
  stored: ReadonlyMap<number, string>
  /** Changes that another tab has on its way there. */
  theirs: ReadonlySet<number>
  /** Whether it may be taken over. `refused`: the device opened and took nothing; only a try of as much as waits tells whether it is well. */
  is: 'unopened' | 'refused' | 'tried'
}

export function standIn({ openStorage, openTabs, environment }: StandInParts): StandIn {
  const memories = new Map<string, Memory>()

  const memoryOf = async (user: string, problem: StorageProblem): Promise<Memory> => {
    const known = memories.get(user)
    if (known !== undefined) return Object.assign(known, { problem })
    const memory: Memory = { storage: memoryStorage(), problem, seed: new Map(), standsOnSeed: true, stored: new Map(), theirs: new Set(), is: 'unopened' }
    memories.set(user, memory)
    await memory.storage.commit({ sequenceAtLeast: numberAfter(memory.seed) })
    return memory
  }

  /** By time and chance: above all that this device has given so far, and apart from those that other tabs give from then on. */
  const numberAfter = (stored: Records): number => {
    const last = stored.get(keys.sequence)
    const least = Math.max(Math.min(environment.now() * numbersPerMillisecond, mostByTime), typeof last === 'number' ? last : 0)
    return least + Math.floor(environment.random() * mostApart)
  }

  const using = async <Result>(user: string, use: (storage: Storage) => Promise<Result>): Promise<Result> => {
    const storage = await openStorage(user)
    return use(storage).finally(() => storage.close())
  }

  const inMemory = (user: string, memory: Memory): Storage => ({
    ...memory.storage,
    problem: memory.problem,
    standing: (change) => standingOf(change, memory),
    ...(memory.seed.size > 0 && { stored: (use) => using(user, use) }),
    commit: async (write) => {
      if (write.term === 'next' && memory.seed.size > 0) await using(user, (storage) => lead(memory, { storage, numberAfter }))
      return memory.storage.commit(write)
    },
    close: () => {},
  })

  return {
    openStorage: async (user) => {
      try {
        const storage = await openStorage(user)
        const memory = memories.get(user)
        if (memory === undefined) return storage
        if (memory.is === 'refused') {
          storage.close()
          return inMemory(user, memory)
        }
        if (memory.is === 'tried') memory.is = 'refused'
        const isTaken = await takeOver(memory, storage).catch((error: unknown) => {
          storage.close()
          throw error
        })
        if (isTaken) {
          memories.delete(user)
          return storage
        }
        storage.close()
        return inMemory(user, memory)
      } catch (error) {
        return inMemory(user, await memoryOf(user, problemOf(error)))
      }
    },
    refuse: async (user, problem, unstored = { records: new Map(), changes: [] }) => {
      const memory = await memoryOf(user, problem)
      memory.is = 'refused'
      const stored = await using(user, (storage) => storage.readAll()).catch(() => [])
      await memory.storage.commit({ sequenceAtLeast: numberAfter(new Map(stored)) })
      await begin(memory, new Map(stored), unstored)
    },
    openTabs: (user) => {
      const memory = memories.get(user)
      if (memory === undefined) return openTabs(user)
      if (memory.seed.size === 0) return alone(user)
      return apart(openTabs(user), { environment, waits: async () => (await memory.storage.readAll()).some(([key]) => kindOf(key) === 'change') })
    },
    isBack: async (user) => {
      const memory = memories.get(user)
      // A newer app's data stay as they are, however long it is tried; that app must be loaded first.
      if (memory === undefined || memory.problem === 'newer') return false
      return using(user, async (storage) => {
        const missing = await difference(memory, storage)
        if (missing === null) return false
        if (memory.is !== 'unopened') await tryOut(storage, JSON.stringify([missing.puts, missing.append]).length + toSpare)
        if (memory.is === 'refused') memory.is = 'tried'
        return true
      }).catch(() => false)
    },
  }
}

/** What is stored, and beyond that the rows and cursors that the tab knew: scopes that had to make room stay on screen. */
async function begin(memory: Memory, stored: Records, { records, changes }: Unstored): Promise<void> {
  seedWith(memory, stored)
  const isKnownBetter = (key: string) => records.size > 0 && ofScopes.has(kindOf(key))
  const known = [...memory.seed].filter(([key]) => !counters.has(key) && !isKnownBetter(key))
  const fetched = [...records].filter(([key]) => isKnownBetter(key)).map(([key, value]) => [key, seal(value)] as const)
  await memory.storage.commit({ ...sealedWrite({ append: changes }), puts: [...known, ...fetched] })
}

const ofScopes: ReadonlySet<RecordKind> = new Set(['page', 'scope', 'evicted'])

/**
 * Before a tab sends anything from memory: it takes the term away, by which no other tab can write as a leader any more, and which
 * tells whoever leads next that what is stored may have been sent by its name (engine/counted.ts). To delete is all that a full
 * device always allows. What others have written since memory last looked is taken in first.
 */
async function lead(memory: Memory, { storage, numberAfter }: { readonly storage: Storage; readonly numberAfter: (stored: Records) => number }): Promise<void> {
  while (memory.seed.size > 0) {
    try {
      await storage.commit({ deletes: [keys.term], uncounted: true, after: commitsOf(memory.seed) })
      return
    } catch (error) {
      if (!(error instanceof OutdatedRead)) throw error
      const stored = new Map(await storage.readAll())
      const { areBothSending, clashing, puts, deletes } = caughtUp({ ...(await apartOf(memory)), stored })
      // What it has taken in has higher numbers than its own had: without a leap the next would be what the device gives next.
      await memory.storage.commit({ puts, deletes, sequenceAtLeast: numberAfter(stored) })
      memory.theirs = new Set(areBothSending ? sequencesOf(stored.get(keys.batch)) : [])
      // A batch that memory has not taken in is not to be taken for one that it has done.
      if (areBothSending) stored.delete(keys.batch)
      // Nor a change in whose place memory has one of its own: that is sent from here, and theirs stays as it is.
      for (const key of clashing) stored.delete(key)
      seedWith(memory, stored)
      memory.standsOnSeed = false
    }
  }
}

function seedWith(memory: Memory, stored: Records): void {
  memory.seed = commitsOf(stored) === 0 ? new Map() : stored
  const changes = [...memory.seed].flatMap(([key, found]) => {
    const record = kindOf(key) === 'change' ? unseal(found, key) : null
    return record?.is === 'whole' ? [[sequenceIn(key), (record.value as Change).changeId] as const] : []
  })
  memory.stored = new Map(changes)
}

/** What was never stored goes freely. What was stored goes by its name, as it was stored: what is left of it after a conflict waits until it can be written down. */
function standingOf({ sequence, changeId }: RecordedChange, { stored, theirs, seed }: Memory): Standing {
  const known = stored.get(sequence)
  if (known === undefined) return 'free'
  const named = Number(seed.get(keys.named) ?? 0)
  // Names that another tab has given before hold for as many changes as there were then.
  return known !== changeId || theirs.has(sequence) || (named > 0 && sequence > named) ? 'waits' : 'named'
}

const apartOf = async ({ seed, standsOnSeed, storage }: Memory): Promise<Omit<Apart, 'stored'>> => ({ seed, standsOnSeed, memory: new Map(await storage.readAll()) })

/** What the device lacks; `null`: it cannot be taken over now. */
async function difference(memory: Memory, storage: Storage): Promise<(Renumbered & { readonly deletes: readonly string[]; readonly after: number; readonly sequence: number }) | null> {
  const own = await apartOf(memory)
  const stored = new Map(await storage.readAll())
  const missing = differenceOf({ ...own, stored })
  const numbered = missing.areBothSending ? null : renumbered(missing, stored)
  return numbered && { ...numbered, deletes: missing.deletes, after: commitsOf(stored), sequence: Number(own.memory.get(keys.sequence)) }
}

/** In one write, so that a device that fails in between has it all or none; again where another tab wrote in between. False: not now. */
async function takeOver(memory: Memory, storage: Storage): Promise<boolean> {
  for (;;) {
    const missing = await difference(memory, storage)
    if (missing === null) return false
    const { puts, append, deletes, after, sequence } = missing
    if (memory.is === 'unopened' && puts.length + append.length + deletes.length === 0) return true
    try {
      // A new term: a tab that leads there must see what has become of its batch, its changes and its rows before it writes another.
      await storage.commit({ puts, append, deletes, sequenceAtLeast: sequence, after, term: 'next' })
      return true
    } catch (error) {
      if (!(error instanceof OutdatedRead)) throw error
    }
  }
}

const trial = 'trial'

/** Whether there is room for so many characters. */
async function tryOut(storage: Storage, characters: number): Promise<void> {
  await storage.commit({ puts: [[trial, seal('x'.repeat(characters))]], uncounted: true })
  await storage.commit({ deletes: [trial], uncounted: true })
}
