import type { LogEntry, LogSubject } from '../core/change-log.ts'
import type { Collections } from '../core/collection.ts'
import type { PauseReason, SyncEvent } from '../core/events.ts'
import { keys } from '../core/records.ts'
import { reduceEvent } from '../core/reduce-event.ts'
import type { RetrySettings } from '../core/retry.ts'
import { initialSyncState, type SyncState } from '../core/status.ts'
import type { StorageProblem } from '../core/storage-error.ts'
import type { Change, ChangeGroup, EntityRef, Resolution } from '../core/types.ts'
import { Adviser, type Advise } from './adviser.ts'
import { Archive, type ArchiveSettings } from './archive.ts'
import { ChangeTracker, type EntityEdit } from './change-tracker.ts'
import { Decisions } from './decisions.ts'
import { deviceLog } from './device-log.ts'
import { diagnose, type Diagnostics } from './diagnostics.ts'
import { entityStatus, pendingChanges, type EntityStatus, type PendingChange } from './entity-status.ts'
import { EventLog } from './event-log.ts'
import { mostDecisions } from './history.ts'
import { showAll } from './hydration.ts'
import type { LastEdits } from './last-edits.ts'
import { listNews } from './list-news.ts'
import { LocalData } from './local-data.ts'
import type { Environment, ListenForPokes, Network, OpenStorage, OpenTabs, RefreshSession, Transport } from './ports.ts'
import { Pace } from './pace.ts'
import { followPresence, type PresencePort } from './presence.ts'
import { Recorder } from './recorder.ts'
import { editRefusal, storageFailure } from './refusals.ts'
import { fetchAgain } from './resync.ts'
import { Screen, type EntityView } from './screen.ts'
import { sheltered } from './sheltered.ts'
import type { Unstored } from './stand-in.ts'
import { SyncService } from './sync-service.ts'
import { UserUndo } from './user-undo.ts'

export interface EngineParts {
  readonly collections: Collections
  readonly environment: Environment
  readonly openStorage: OpenStorage
  readonly openTabs: OpenTabs
  readonly lastEdits?: LastEdits | null
  readonly transport: Transport
  readonly listenForPokes: ListenForPokes
  readonly network: Network
  readonly presence?: PresencePort | null
  readonly refreshSession: RefreshSession
  readonly retry: RetrySettings
  /** The version of the app, for its changes to carry. Default: none. */
  readonly app?: string
  /** Why nothing is sent from the start. Default: no reason. */
  readonly paused?: readonly PauseReason[]
  /** Scopes whose rows are shown before the others' at a start. Default: none. */
  readonly first?: (scope: string) => boolean
  /** How older history is packed, and how long it is kept. Default: plain, for 90 days. */
  readonly archive?: ArchiveSettings
  /** `null`: nobody advises about conflicts. */
  readonly adviser: { readonly advise: Advise; readonly takeFrom: number } | null
  /** The device has no room left for what a leader must write, and nothing that could make some. Default: it is tried again. */
  readonly onFull?: () => void
  readonly emit: (event: SyncEvent) => void
  /** Shows entities whose view may have changed. */
  readonly show: (views: readonly EntityView[]) => void
}

/** What one dispatch did to synced entities, or, `atomic`, what several did that go together [A7]. */
export interface EditStep {
  readonly edits: readonly EntityEdit[]
  readonly atomic: boolean
}

/** A storage that refuses now and then takes it at the second or third time. */
const refusalsAtClose = 3

/** Everything that runs for one user on this device. It lives from sign-in to sign-out. */
export class Engine {
  readonly user: string
  /** Why the device keeps nothing of what is done here; `null`: it does [ST2]. */
  readonly problem: StorageProblem | null
  readonly decisions: Decisions
  readonly undo: UserUndo
  readonly archive: Archive
  readonly #parts: EngineParts
  readonly #data: LocalData
  readonly #tracker: ChangeTracker
  readonly #recorder: Recorder
  readonly #service: SyncService
  readonly #screen: Screen
  readonly #adviser: Adviser | null
  readonly #log = new EventLog()
  readonly #pace: Pace
  readonly #endings: (() => void)[] = []
  #state: SyncState = initialSyncState
  #joined = false
  #told = ''
  #isClosed = false

  /** Reads the user's data. Nothing is shown or sent before `begin`. */
  static async open(given: EngineParts, user: string): Promise<Engine> {
    const { emit, show, environment, onFull } = given
    const parts: EngineParts = { ...given, emit: sheltered(emit, environment), show: sheltered(show, environment) }
    const storage = await parts.openStorage(user)
    const tabs = parts.openTabs(user)
    return new Engine(parts, user, await LocalData.open({ storage, tabs, environment, onFull }))
  }

  /** Shows the user's data, which takes its time where they are many, and starts to sync; the network is not waited for. `early`: edits made before the data were there. */
  async begin(early: readonly EditStep[]): Promise<void> {
    const { replica } = this.#data
    for (const step of early) this.record(step)
    this.#emit({ type: 'opened', user: this.user, pending: replica.outbox.size, storage: this.problem })
    const shown = showAll(replica, { ...this.#parts, show: (part) => this.#screen.show(part), isOver: () => this.#isClosed })
    if (replica.asides.size > 0) this.#screen.tellSetAside()
    this.#data.listen((touched) => this.#onTouched(touched))
    this.#tellLists()
    this.#listen()
    await shown
  }

  private constructor(parts: EngineParts, user: string, data: LocalData) {
    const { environment, collections, network, adviser } = parts
    const { replica } = data
    const emit = (event: SyncEvent) => this.#emit(event)
    this.user = user
    this.problem = data.problem
    this.#parts = parts
    this.#data = data
    this.#tracker = new ChangeTracker({ collections, environment, user, device: replica.device ?? '', app: parts.app ?? '', baseRow: (edit) => replica.row(edit), knownScope: (edit) => replica.scopeOf(edit) })
    this.#recorder = new Recorder({
      user, data, environment,
      lastEdits: parts.lastEdits ?? null,
      onRecorded: () => this.#onRecorded(),
      onFailed: (cause) => emit(storageFailure(cause, environment.now())),
      onRunaway: (perSecond) => emit({ type: 'runaway', perSecond, time: environment.now() }),
    })
    this.#screen = new Screen({ collections, replica, show: parts.show, emit })
    this.decisions = new Decisions({ data, collections, environment, user, tracker: this.#tracker, onDecided: (resolutions) => this.#onDecided(resolutions) })
    this.archive = new Archive({ data, environment, ...(parts.archive ?? { compression: null, keptDays: 90 }) })
    this.undo = new UserUndo({ data, environment, tracker: this.#tracker })
    const take = (conflictId: string, choice: Parameters<Decisions['resolve']>[1]) => this.decisions.resolve([conflictId], choice, 'adviser')
    this.#adviser = adviser && new Adviser({ data, ...adviser, take })
    const paused: PauseReason[] = ['follower', ...(network.online() ? [] : ['offline' as const]), ...(parts.paused ?? [])]
    this.#pace = new Pace(network, emit)
    this.#service = new SyncService({ ...parts, user, data, emit, pollEvery: () => this.#pace.pollEvery(this.#joined), limit: () => this.#pace.limit() }, paused)
  }

  /** Takes in what reducers did. An edit that cannot be recorded is told and put back, and hinders no other [RX3], [A4]. */
  record({ edits, atomic }: EditStep): void {
    const group: ChangeGroup = { groupId: this.#parts.environment.newId(), atomic, cause: 'edit' }
    const changes: Change[] = []
    const refused: EntityEdit[] = []
    for (const edit of edits) {
      try {
        const change = this.#tracker.change(edit, group)
        if (change !== null) changes.push(change)
      } catch (error) {
        refused.push(edit)
        this.#emit(editRefusal(edit, error, this.#parts.environment.now()))
      }
    }
    if (changes.length > 0) {
      this.#recorder.record(changes)
      this.#emit({ type: 'changeRecorded', pending: this.#data.replica.outbox.size })
    }
    if (refused.length > 0) this.#screen.show(refused.map(({ collection, id }) => ({ collection, id })))
  }

  flush(): Promise<void> {
    return this.#recorder.flush()
  }

  get state(): SyncState {
    return this.#state
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

  /** From now on nothing of the collection is sent, also after a restart; its changes are kept [E6]. */
  async hold(collection: string): Promise<void> {
    const draft = this.#data.draft()
    draft.put(keys.held(collection), { collection, by: 'app' })
    await this.#data.commit(draft.write())
  }

  async release(collection: string): Promise<void> {
    const draft = this.#data.draft()
    draft.delete(keys.held(collection))
    await this.#data.commit(draft.write())
  }

  /** Fetches scopes anew from the server, all or one; the outbox stays, and so does the screen meanwhile [E4]. */
  async resync(scope?: string): Promise<void> {
    await this.#data.commit(fetchAgain(scope, this.#data.draft(), this.#data.replica))
    this.#service.fetchAnew()
  }

  /** Decisions about conflicts, newest first [CO5]. */
  readonly history = (): readonly Resolution[] => [...this.#data.replica.history.values()].sort((a, b) => b.time - a.time).slice(0, mostDecisions)

  readonly entityStatus = (ref: EntityRef): EntityStatus => entityStatus(ref, this.#data.replica)
  readonly deviceLog = (subject: LogSubject): readonly LogEntry[] => deviceLog(this.#data.replica, subject)
  readonly pendingChanges = (): readonly PendingChange[] => pendingChanges(this.#data.replica)

  diagnostics(): Diagnostics {
    const { collections, environment } = this.#parts
    return diagnose({ replica: this.#data.replica, collections, user: this.user, time: environment.now(), state: this.#state, events: this.#log.events })
  }

  /** Ends all work; the storage may refuse what is left so many times. For an engine on another storage to go on from here: what this tab knows, and what could not be stored. */
  async close(refusals: number = refusalsAtClose): Promise<Unstored> {
    this.#isClosed = true
    for (const end of this.#endings.splice(0)) end()
    this.#service.stop()
    const changes = await this.#recorder.end(refusals)
    this.#data.close()
    this.#emit({ type: 'closed' })
    return { records: this.#data.records, changes }
  }

  #emit(event: SyncEvent): void {
    this.#state = reduceEvent(this.#state, event)
    this.#log.add(event, this.#parts.environment.now())
    this.#parts.emit(event)
    if (event.type === 'completed') void this.archive.tidy()
    // Last: what it tells in its turn comes after this event.
    this.#pace.hear(event)
  }

  #listen(): void {
    const { network, listenForPokes } = this.#parts
    // Told from the start: a tab that never leads has no step of its own to tell it with, offline or not.
    this.#service.pause('follower')
    const line = listenForPokes(this.user, {
      onPoke: (scope, number) => this.#service.pullNow(new Map([[scope, number]])),
      onJoined: () => this.#onLine(true),
      onLost: () => this.#onLine(false),
    })
    this.#endings.push(
      line.stop,
      followPresence({ ...this.#parts, user: this.user, data: this.#data, emit: (event) => this.#emit(event) }),
      this.#data.campaign({
        lead: () => {
          this.#service.resume('follower')
          this.#adviser?.look()
          return this.#service.run()
        },
        onDeposed: () => this.#service.pause('follower'),
      }),
      network.subscribe((event) => {
        if (event === 'offline') this.pause('offline')
        else if (event === 'online') this.resume('offline')
        this.#pace.look()
        if (event !== 'online' && event !== 'focus') return
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
    if (this.problem === null) this.#emit({ type: 'changeStored', pending: this.#data.replica.outbox.size })
    this.#service.nudge()
  }

  #onDecided(resolutions: readonly Resolution[]): void {
    if (resolutions.length > 0) this.#emit({ type: 'resolved', resolutions })
    this.#service.nudge()
  }

  #onTouched(touched: Iterable<EntityRef>): void {
    this.#screen.show(touched)
    this.#tellLists()
    if (this.#service.leads) this.#adviser?.look()
    this.#service.nudge()
  }

  #tellLists(): void {
    const { replica } = this.#data
    const told = [replica.outbox.size, replica.listed].join()
    for (const event of listNews(replica, this.#state, told !== this.#told)) this.#emit(event)
    this.#told = told
  }
}
