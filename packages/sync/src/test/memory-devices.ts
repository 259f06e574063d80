import type { Collections } from '../core/collection.ts'
import type { Fields } from '../core/json.ts'
import { Engine, type EngineParts } from '../engine/engine.ts'
import { memoryStorage } from '../engine/memory-storage.ts'
import type { Environment, Storage, Transport } from '../engine/ports.ts'
import { collectionsOf } from '../testing/builders.ts'
import { fakeEnvironment, type FakeEnvironment } from '../testing/fake-environment.ts'
import { MemoryServer } from '../testing/memory-server.ts'
import type { Role } from '../testing/memory-tables.ts'
import { testDevice, type TestDevice } from '../testing/test-engine.ts'

/** A device before the server in memory. Edits name an entity by collection and id. */
export interface MemoryDevice extends TestDevice {
  readonly engine: Engine
  readonly storage: Storage
  readonly add: (collection: string, id: string, fields: Fields) => void
  /** Edits what is on screen. */
  readonly change: (collection: string, id: string, patch: Fields) => void
  readonly remove: (collection: string, id: string) => void
  /** Each view of an entity that was shown, oldest first. */
  readonly views: (collection: string, id: string) => readonly (Fields | null)[]
  /** Without a network from now on, or with one again. */
  readonly offline: (isOffline: boolean) => void
  /** The process ends, as when it is killed: nothing of it is heard of again, and its storage stays as it is. */
  readonly kill: () => void
}

export interface MemoryDeviceParts {
  readonly storage?: Storage
  readonly collections?: Collections
  /** A clock of its own. */
  readonly now?: () => number
  /** Stands between the device and the server. */
  readonly through?: (server: Transport) => Transport
}

export interface MemoryDevices {
  readonly environment: FakeEnvironment
  readonly server: MemoryServer
  readonly open: (user: string, given?: MemoryDeviceParts) => Promise<MemoryDevice>
  readonly share: (scope: string, user: string, role: Role | null) => void
  /** What the server holds of an entity. */
  readonly row: (collection: string, id: string) => Fields | undefined
  /** Long enough for every device to send what it has and to hear of what others did. */
  readonly sync: () => Promise<void>
}

const copyOf = <Value>(value: Value): Value => structuredClone(value)
const never = () => new Promise<never>(() => {})

/** Devices of several people before one server, on one clock that stands still until it is told to pass. */
export function memoryDevices(): MemoryDevices {
  const environment = fakeEnvironment()
  const server = new MemoryServer({ now: environment.now, onCommit: () => {}, pageLimit: () => 1_000, undecidedFrom: () => null })
  const direct: Transport = {
    push: (batch, sender) => Promise.resolve(copyOf(server.push(copyOf(batch), sender))),
    pull: (request) => Promise.resolve(copyOf(server.pull(copyOf(request)))),
  }
  return {
    environment,
    server,
    share: (scope, user, role) => server.tables.commit(() => server.tables.setRole(scope, user, role)),
    row: (collection, id) => server.tables.row({ collection, id })?.fields,
    sync: () => environment.advance(20_000),
    open: async (user, { storage = memoryStorage(), collections = collectionsOf(), now = environment.now, through = (transport: Transport) => transport } = {}) => {
      const own: Environment = { ...environment, now }
      const transport = through(direct)
      let isAlive = true
      const mortal: Transport = {
        push: (...given) => (isAlive ? transport.push(...given).then((result) => (isAlive ? result : never())) : never()),
        pull: (...given) => (isAlive ? transport.pull(...given).then((result) => (isAlive ? result : never())) : never()),
      }
      const kept: Storage = { ...storage, commit: (write) => (isAlive ? storage.commit(write) : never()) }
      const shownSoFar: { readonly collection: string; readonly id: string; readonly fields: Fields | null }[] = []
      const device = testDevice({ environment, collections })
      const parts: EngineParts = {
        ...device.parts,
        environment: own,
        openStorage: () => Promise.resolve(kept),
        transport: mortal,
        show: (views) => {
          shownSoFar.push(...views)
          device.parts.show(views)
        },
      }
      const engine = await Engine.open(parts, user)
      void engine.begin([])
      await environment.settle()
      const record = (collection: string, id: string, after: Fields | undefined) => {
        const before = device.shown(collection, id) ?? undefined
        // A reducer shows it at once; the engine is told of it afterwards.
        device.parts.show([{ collection, id, fields: after ?? null }])
        engine.record({ edits: [{ collection, id, before, after }], atomic: false })
      }
      return {
        ...device,
        engine,
        storage,
        add: record,
        change: (collection, id, patch) => record(collection, id, { ...device.shown(collection, id), ...patch }),
        remove: (collection, id) => record(collection, id, undefined),
        views: (collection, id) => shownSoFar.filter((view) => view.collection === collection && view.id === id).map(({ fields }) => fields),
        offline: (isOffline) => device.network(isOffline ? 'offline' : 'online'),
        kill: () => void (isAlive = false),
      }
    },
  }
}
