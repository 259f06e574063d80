import type { Collections } from '../core/collection.ts'
import { SyncError } from '../core/errors.ts'
import type { SyncEvent } from '../core/events.ts'
import type { Fields } from '../core/json.ts'
import { keys } from '../core/records.ts'
import type { PauseReason } from '../core/status.ts'
import type { Change, ChangeGroup, EntityRef, RecordedChange } from '../core/types.ts'
import { ChangeTracker, type EntityEdit } from './change-tracker.ts'
import { LocalData } from './local-data.ts'
import type { Environment, ListenForPokes, Network, OpenStorage, OpenTabs, RefreshSession, Transport } from './ports.ts'
import { Recorder } from './recorder.ts'
import { sheltered } from './sheltered.ts'
import { SyncService } from './sync-service.ts'

/** One entity as it is to be seen; `null`: not at all. */
export interface EntityView extends EntityRef {
  readonly fields: Fields | null
}

export interface EngineParts {
  readonly collections: Collections
  readonly environment: Environment
  readonly openStorage: OpenStorage
  readonly openTabs: OpenTabs
  readonly transport: Transport
  readonly listenForPokes: ListenForPokes
  readonly network: Network
  readonly refreshSession: RefreshSession
  readonly emit: (event: SyncEvent) => void
  /** Shows entities whose view may have changed. */
  readonly show: (views: readonly EntityView[]) => void
}

/** Milliseconds between polls: with realtime joined, and without. The latter keeps a device in step within 10 s. */
const pollEvery = { joined: 300_000, alone: 8_000 }

/** Everything that runs for one user on this device. It lives from sign-in to sign-out. */
export class Engine {
  readonly user: string
  readonly #parts: EngineParts
  readonly #data: LocalData
  readonly #tracker: ChangeTracker
  readonly #recorder: Recorder
  readonly #service: SyncService
  readonly #endings: (() => void)[] = []
  #joined = false
  #told = ''

  /** Reads the user's data. Nothing is shown or sent before `begin`. */
  static async open(given: EngineParts, user: string): Promise<Engine> {
    const { emit, show, environment } = given
    const parts: EngineParts = { ...given, emit: sheltered(emit, environment), show: sheltered(show, environment) }
    const tabs = parts.openTabs(user)
    const storage = await parts.openStorage(user)
    return new Engine(parts, user, await LocalData.open({ storage, tabs, newId: environment.newId }))
  }

  /** Shows the user's data and starts to sync; the network is not waited for. `early`: edits made before the data were there. */
  begin(early: readonly EntityEdit[]): void {
    const { replica } = this.#data
    this.record(early)
    this.#parts.emit({ type: 'opened', user: this.user, pending: replica.outbox.size })
    this.#show(replica.known())
    this.#data.listen((touched) => this.#onTouched(touched))
    this.#tellOutbox()
    this.#listen()
  }

  private constructor(parts: EngineParts, user: string, data: LocalData) {
    const { environment, collections, transport, refreshSession, emit, network } = parts
    const { replica } = data
    this.user = user
    this.#parts = parts
    this.#data = data
    this.#tracker = new ChangeTracker({ collections, environment, user, device: replica.device ?? '', baseRow: (edit) => replica.row(edit), knownScope: (edit) => replica.scopeOf(edit) })
    this.#recorder = new Recorder({ data, environment, onRecorded: () => this.#onRecorded(), onFailed: (cause) => this.#onStorageFailed(cause) })
    const paused: PauseReason[] = network.online() ? ['follower'] : ['follower', 'offline']
    const poll = () => (this.#joined ? pollEvery.joined : pollEvery.alone)
    this.#service = new SyncService({ user, data, collections, transport, environment, refreshSession, emit, pollEvery: poll }, paused)
  }

  /** Takes in what reducers did. An edit that cannot be recorded is told, and hinders no other [RX3]. */
  record(edits: readonly EntityEdit[]): void {
    const group: ChangeGroup = { groupId: this.#parts.environment.newId(), atomic: false, cause: 'edit' }
    const changes: Change[] = []
    for (const edit of edits) {
      try {
        const change = this.#tracker.change(edit, group)
        if (change !== null) changes.push(change)
      } catch (error) {
        const code = error instanceof SyncError ? error.code : 'unexpected'
        const time = this.#parts.environment.now()
        this.#parts.emit({ type: 'changeRefused', entity: { collection: edit.collection, id: edit.id }, issues: [], error: { kind: 'validation', code, message: String(error), time } })
      }
    }
    if (changes.length === 0) return
    this.#recorder.record(changes)
    this.#parts.emit({ type: 'changeRecorded', pending: this.#data.replica.outbox.size })
  }

  flush(): Promise<void> {
    return this.#recorder.flush()
  }

  syncNow(): void {
    this.#service.pullNow()
  }

  pause(reason: PauseReason): void {
    this.#service.pause(reason)
  }

  resume(reason: PauseReason): void {
    this.#service.resume(reason)
  }

  /** A person's decision on a parked conflict. */
  async resolve(conflictId: string, choice: 'local' | 'remote'): Promise<void> {
    const conflict = this.#data.replica.conflicts.get(keys.conflict(conflictId))
    if (conflict === undefined) throw new SyncError('not-found', `There is no conflict ${conflictId}; it may have been resolved in another tab.`)
    await this.#again(keys.conflict(conflictId), choice === 'local' ? conflict.changes : [])
  }

  /** Sends refused changes once more, as new changes. */
  async retry(rejectedId: string): Promise<void> {
    await this.#again(keys.rejected(rejectedId), this.#rejected(rejectedId).changes)
  }

  /** Gives refused changes up for good. */
  async discard(rejectedId: string): Promise<void> {
    this.#rejected(rejectedId)
    await this.#again(keys.rejected(rejectedId), [])
  }

  async close(): Promise<void> {
    for (const end of this.#endings) end()
    this.#service.stop()
    await this.#recorder.flush()
    this.#data.close()
    this.#parts.emit({ type: 'closed' })
  }

  #rejected(rejectedId: string) {
    const rejected = this.#data.replica.rejected.get(keys.rejected(rejectedId))
    if (rejected === undefined) throw new SyncError('not-found', `There is no refused change ${rejectedId}; it may have been dealt with in another tab.`)
    return rejected
  }

  /** Removes a record from the list of decisions and puts its changes back at the end of the outbox, in one write. */
  async #again(key: string, changes: readonly RecordedChange[]): Promise<void> {
    const draft = this.#data.draft()
    draft.delete(key)
    for (const { sequence: _, ...change } of changes) draft.append({ ...change, changeId: this.#parts.environment.newId() })
    await this.#data.commit(draft.write())
    this.#service.nudge()
  }

  #listen(): void {
    const { network, listenForPokes } = this.#parts
    const line = listenForPokes(this.user, {
      onPoke: (scope) => this.#service.pullNow(this.#data.replica.scopes.has(scope) ? new Set([scope]) : 'all'),
      onJoined: () => this.#onLine(true),
      onLost: () => this.#onLine(false),
    })
    this.#endings.push(
      line.stop,
      this.#data.campaign(() => {
        this.#service.resume('follower')
        return this.#service.run()
      }),
      network.subscribe((event) => {
        if (event === 'offline') this.pause('offline')
        else if (event === 'online') this.resume('offline')
        if (event === 'offline') return
        if (!this.#joined) line.reconnect()
        this.syncNow()
      }),
    )
  }

  /** What was poked while nobody listened must be pulled; and from now on polls are rare, or not [PL2]. */
  #onLine(joined: boolean): void {
    this.#joined = joined
    if (joined) this.syncNow()
    else this.#service.pullSoon()
  }

  #onRecorded(): void {
    this.#parts.emit({ type: 'changeStored', pending: this.#data.replica.outbox.size })
    this.#service.nudge()
  }

  #onStorageFailed(cause: unknown): void {
    const message = `The device's storage refused to keep a change: ${String(cause)}`
    const time = this.#parts.environment.now()
    this.#parts.emit({ type: 'storageFailed', error: { kind: 'storage', code: 'storage', message, time } })
  }

  #onTouched(touched: Map<string, EntityRef>): void {
    this.#show(touched.values())
    this.#tellOutbox()
    this.#service.nudge()
  }

  #show(entities: Iterable<EntityRef>): void {
    const views = [...entities].map((ref) => ({ ...ref, fields: this.#data.replica.view(ref) }))
    if (views.length > 0) this.#parts.show(views)
  }

  /** Told only when it says something new: the lists in the slice keep their identity. */
  #tellOutbox(): void {
    const { outbox, conflicts, rejected } = this.#data.replica
    const told = [outbox.size, ...conflicts.keys(), ...rejected.keys()].join()
    if (told === this.#told) return
    this.#told = told
    this.#parts.emit({ type: 'outboxChanged', pending: outbox.size, conflicts: [...conflicts.values()], rejected: [...rejected.values()] })
  }
}
