import type { Collections } from '../core/collection.ts'
import { reduceEvent, type SyncEvent } from '../core/events.ts'
import type { Fields } from '../core/json.ts'
import { entityKey } from '../core/plan.ts'
import { initialSyncState, type SyncState } from '../core/status.ts'
import { alone } from '../engine/alone.ts'
import type { EntityEdit } from '../engine/change-tracker.ts'
import { Engine, type EngineParts } from '../engine/engine.ts'
import { memoryStorage } from '../engine/memory-storage.ts'
import type { Storage } from '../engine/ports.ts'
import { collectionsOf } from './builders.ts'
import { fakeEnvironment, type FakeEnvironment } from './fake-environment.ts'
import { scriptedServer, type ScriptedServer } from './scripted-server.ts'

type NetworkEvent = 'online' | 'offline' | 'focus'

/** One device of Ann: a real engine between a storage, a scripted server and a clock that the test owns. */
export interface TestEngine {
  readonly engine: Engine
  readonly environment: FakeEnvironment
  readonly server: ScriptedServer
  readonly storage: Storage
  readonly events: readonly SyncEvent[]
  readonly state: () => SyncState
  /** What is on screen of an entity; `undefined`: it was never shown. */
  readonly shown: (collection: string, id: string) => Fields | null | undefined
  readonly network: (event: NetworkEvent) => void
  readonly poke: (scope: string) => void
  /** Records an edit of the item `tent` in the trip `lakes`. */
  readonly edit: (before: object | undefined, after: object | undefined) => void
}

export interface TestEngineParts {
  readonly storage?: Storage
  readonly server?: ScriptedServer
  readonly environment?: FakeEnvironment
  readonly collections?: Collections
  readonly early?: readonly EntityEdit[]
  readonly online?: boolean
  readonly parts?: Partial<EngineParts>
}

/** Everything that is not given is fresh. The engine has settled when this resolves. */
export async function openTestEngine(given: TestEngineParts = {}): Promise<TestEngine> {
  const { storage = memoryStorage(), server = scriptedServer(), environment = fakeEnvironment() } = given
  const events: SyncEvent[] = []
  const screen = new Map<string, Fields | null>()
  const networkListeners = new Set<(event: NetworkEvent) => void>()
  const pokeListeners = new Set<(scope: string) => void>()
  const parts: EngineParts = {
    collections: given.collections ?? collectionsOf(),
    environment,
    openStorage: () => Promise.resolve(storage),
    openTabs: alone,
    transport: server,
    listenForPokes: (_, { onPoke }) => {
      pokeListeners.add(onPoke)
      return { reconnect: () => {}, stop: () => pokeListeners.delete(onPoke) }
    },
    network: {
      online: () => given.online ?? true,
      subscribe: (listener) => {
        networkListeners.add(listener)
        return () => networkListeners.delete(listener)
      },
    },
    refreshSession: () => Promise.resolve('sign-in'),
    emit: (event) => events.push(event),
    show: (views) => {
      for (const { collection, id, fields } of views) screen.set(entityKey(collection, id), fields)
    },
    ...given.parts,
  }
  const engine = await Engine.open(parts, 'ann')
  engine.begin(given.early ?? [])
  await environment.settle()
  return {
    engine,
    environment,
    server,
    storage,
    events,
    state: () => events.reduce(reduceEvent, initialSyncState),
    shown: (collection, id) => screen.get(entityKey(collection, id)),
    network: (event) => {
      for (const listener of networkListeners) listener(event)
    },
    poke: (scope) => {
      for (const listener of pokeListeners) listener(scope)
    },
    edit: (before, after) => engine.record([{ collection: 'items', id: 'tent', before, after }]),
  }
}
