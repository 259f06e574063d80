import type { Collections } from '../core/collection.ts'
import type { SyncEvent } from '../core/events.ts'
import type { Fields } from '../core/json.ts'
import { entityKey } from '../core/plan.ts'
import { reduceEvent } from '../core/reduce-event.ts'
import { defaultRetry } from '../core/retry.ts'
import { initialSyncState, type SyncState } from '../core/status.ts'
import { alone } from '../engine/alone.ts'
import { Engine, type EditStep, type EngineParts } from '../engine/engine.ts'
import { memoryStorage } from '../engine/memory-storage.ts'
import type { ListenForPokes, NetworkEvent, Storage } from '../engine/ports.ts'
import { collectionsOf } from './builders.ts'
import { fakeEnvironment, type FakeEnvironment } from './fake-environment.ts'
import { scriptedServer, type ScriptedServer } from './scripted-server.ts'


/** What an engine is made of, and what can be seen of it and done to it from outside. */
export interface TestDevice {
  readonly parts: EngineParts
  readonly environment: FakeEnvironment
  readonly server: ScriptedServer
  readonly events: readonly SyncEvent[]
  readonly state: () => SyncState
  /** What is on screen of an entity; `undefined`: it was never shown. */
  readonly shown: (collection: string, id: string) => Fields | null | undefined
  readonly network: (event: NetworkEvent) => void
  readonly poke: (scope: string, number?: number) => void
  /** The poke line joins, or is lost. */
  readonly line: (state: 'joined' | 'lost') => void
  /** How often the engine asked the line to join at once. */
  readonly reconnects: () => number
}

/** One device of Ann: a real engine between a storage, a scripted server and a clock that the test owns. */
export interface TestEngine extends TestDevice {
  readonly engine: Engine
  readonly storage: Storage
  /** Records an edit of the item `tent` in the trip `lakes`. */
  readonly edit: (before: object | undefined, after: object | undefined) => void
}

export interface TestDeviceParts {
  readonly server?: ScriptedServer
  readonly environment?: FakeEnvironment
  readonly collections?: Collections
  readonly online?: boolean
  readonly parts?: Partial<EngineParts>
}

export interface TestEngineParts extends TestDeviceParts {
  readonly storage?: Storage
  readonly early?: readonly EditStep[]
}

/** Everything that is not given is fresh. */
export function testDevice(given: TestDeviceParts = {}): TestDevice {
  const { server = scriptedServer(), environment = fakeEnvironment() } = given
  const events: SyncEvent[] = []
  const screen = new Map<string, Fields | null>()
  const networkListeners = new Set<(event: NetworkEvent) => void>()
  const lines = new Set<Parameters<ListenForPokes>[1]>()
  let reconnects = 0
  const parts: EngineParts = {
    collections: given.collections ?? collectionsOf(),
    environment,
    openStorage: () => Promise.resolve(memoryStorage()),
    openTabs: alone,
    transport: server,
    listenForPokes: (_, listener) => {
      lines.add(listener)
      return { reconnect: () => void (reconnects += 1), stop: () => lines.delete(listener) }
    },
    network: {
      online: () => given.online ?? true,
      subscribe: (listener) => {
        networkListeners.add(listener)
        return () => networkListeners.delete(listener)
      },
    },
    refreshSession: () => Promise.resolve('sign-in'),
    retry: defaultRetry,
    adviser: null,
    emit: (event) => events.push(event),
    show: (views) => {
      for (const { collection, id, fields } of views) screen.set(entityKey(collection, id), fields)
    },
    ...given.parts,
  }
  return {
    parts,
    environment,
    server,
    events,
    state: () => events.reduce(reduceEvent, initialSyncState),
    shown: (collection, id) => screen.get(entityKey(collection, id)),
    network: (event) => {
      for (const listener of networkListeners) listener(event)
    },
    poke: (scope, number = Infinity) => {
      for (const { onPoke } of lines) onPoke(scope, number)
    },
    line: (state) => {
      for (const { onJoined, onLost } of lines) (state === 'joined' ? onJoined : onLost)()
    },
    reconnects: () => reconnects,
  }
}

/** The engine has settled when this resolves. */
export async function openTestEngine({ storage = memoryStorage(), early = [], ...given }: TestEngineParts = {}): Promise<TestEngine> {
  const device = testDevice({ ...given, parts: { openStorage: () => Promise.resolve(storage), ...given.parts } })
  const engine = await Engine.open(device.parts, 'ann')
  void engine.begin(early)
  await device.environment.settle()
  return { ...device, engine, storage, edit: (before, after) => engine.record({ edits: [{ collection: 'items', id: 'tent', before, after }], atomic: false }) }
}
