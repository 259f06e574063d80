import { keys, kindOf, type RecordKind } from '../core/records.ts'
import { problemOf, type StorageProblem } from '../core/storage-error.ts'
import { alone } from './alone.ts'
import { memoryStorage } from './memory-storage.ts'
import type { Environment, OpenStorage, OpenTabs, Storage } from './ports.ts'

export interface StandInParts {
  readonly openStorage: OpenStorage
  readonly openTabs: OpenTabs
  readonly environment: Environment
}

/** Where the device's storage cannot be opened, memory stands in for it, for each user and for this tab alone [ST2]. */
export interface StandIn {
  /** Never rejects. What has come together in memory is taken over as soon as the device's storage opens. */
  readonly openStorage: OpenStorage
  /** To be asked after `openStorage`: a tab that holds in memory what no other can see leads itself, and tells nobody. */
  readonly openTabs: OpenTabs
  /** The device's storage opens, but takes not even the first write: memory stands in for it until it takes one. */
  readonly refuse: (user: string, problem: StorageProblem) => Promise<void>
  /** Whether the device's storage would open now, and take over what is in memory. */
  readonly isBack: (user: string) => Promise<boolean>
}

/** What is not on the server and has no other place. What the server told comes again by a pull, from where the device's storage stands. */
const taken: ReadonlySet<RecordKind> = new Set(['change', 'batch', 'conflict', 'rejected', 'past', 'history', 'buried', 'held'])

/** Sequence numbers a millisecond, for those given in memory. */
const numbersPerMillisecond = 2_048

export function standIn({ openStorage, openTabs, environment }: StandInParts): StandIn {
  const memories = new Map<string, Memory>()

  const inMemory = async (user: string, problem: StorageProblem): Promise<Storage> => {
    const known = memories.get(user)
    const memory = known ?? { storage: memoryStorage(), problem, mustWrite: false }
    memory.problem = problem
    memories.set(user, memory)
    // By time and chance: above all that this device has given so far, and apart from those of another tab in the same plight.
    if (known === undefined) await memory.storage.commit({ sequenceAtLeast: environment.now() * numbersPerMillisecond + Math.floor(environment.random() * numbersPerMillisecond) })
    return { ...memory.storage, problem, close: () => {} }
  }

  return {
    openStorage: async (user) => {
      try {
        const storage = await openStorage(user)
        const memory = memories.get(user)
        if (memory === undefined) return storage
        const isTaken = await takeOver(memory, storage).catch((error: unknown) => {
          storage.close()
          throw error
        })
        if (isTaken) {
          memories.delete(user)
          return storage
        }
        storage.close()
        return await inMemory(user, memory.problem)
      } catch (error) {
        return inMemory(user, problemOf(error))
      }
    },
    refuse: async (user, problem) => {
      await inMemory(user, problem)
      memories.get(user)!.mustWrite = true
    },
    openTabs: (user) => (memories.has(user) ? alone : openTabs)(user),
    isBack: async (user) => {
      const memory = memories.get(user)
      // A newer app's data stay as they are, however long it is tried; that app must be loaded first.
      if (memory === undefined || memory.problem === 'newer') return false
      try {
        const storage = await openStorage(user)
        try {
          if (memory.mustWrite) await storage.commit({})
          return !areBothSending(await readBoth(memory.storage, storage))
        } finally {
          storage.close()
        }
      } catch {
        return false
      }
    },
  }
}

interface Memory {
  readonly storage: Storage
  problem: StorageProblem
  /** It opened before and took nothing: only a write tells whether it is well. */
  mustWrite: boolean
}

interface Found {
  readonly inMemory: ReadonlyMap<string, unknown>
  readonly onDevice: ReadonlyMap<string, unknown>
}

const readBoth = async (memory: Storage, storage: Storage): Promise<Found> => ({ inMemory: new Map(await memory.readAll()), onDevice: new Map(await storage.readAll()) })

/** There is one place for a batch. Ops that lose theirs would be planned anew, and done twice [PU1]. */
const areBothSending = ({ inMemory, onDevice }: Found): boolean => inMemory.has(keys.batch) && onDevice.has(keys.batch)

/** In one write, so that a device that fails in between has it all or none. False: not now. */
async function takeOver(memory: Memory, storage: Storage): Promise<boolean> {
  if (memory.mustWrite) await storage.commit({})
  const found = await readBoth(memory.storage, storage)
  if (areBothSending(found)) return false
  const puts = [...found.inMemory].filter(([key]) => taken.has(kindOf(key)))
  if (puts.length === 0) return true
  const sequenceAtLeast = Number(found.inMemory.get(keys.sequence))
  // A new term: a tab that leads there must see the batch before it plans one of its own.
  await storage.commit({ puts, sequenceAtLeast, after: Number(found.onDevice.get(keys.commits) ?? 0), ...(found.inMemory.has(keys.batch) && { term: 'next' as const }) })
  return true
}
