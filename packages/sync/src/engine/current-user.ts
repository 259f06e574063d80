import { SyncError } from '../core/errors.ts'
import type { PauseReason, SyncEvent } from '../core/events.ts'
import { StorageError, type StorageProblem } from '../core/storage-error.ts'
import { adopt, guest } from './adoption.ts'
import { Engine, type EditStep, type EngineParts } from './engine.ts'
import { hearingOfNewer } from './newer-tabs.ts'
import type { EndSession, FollowSession, LastUser, SessionState, TabMessage } from './ports.ts'
import { allSent, wipe, type Unsynced } from './signing-out.ts'
import type { Unstored } from './stand-in.ts'

export interface CurrentUserParts extends EngineParts {
  /** Of a user whose storage memory stands in for: whether it would open now. Default: never [ST2]. */
  readonly storageIsBack?: (user: string) => Promise<boolean>
  /** The user's storage takes no write: memory is to stand in for it. Default: the user's data cannot be opened then. */
  readonly refuseStorage?: (user: string, problem: StorageProblem, unstored?: Unstored) => Promise<void>
  readonly followSession: FollowSession
  readonly endSession: EndSession
  readonly lastUser: LastUser
  /** The screen must show nothing of the user any more. */
  readonly clear: () => void
}

/** Milliseconds between two looks for a storage that could not be opened, or read. */
const lookForStorage = 10_000

/** A guest's work is kept, and goes nowhere until somebody signs in [ID4]. */
const forGuest = {
  paused: ['signed-out'],
  listenForPokes: () => ({ reconnect: () => {}, stop: () => {} }),
  presence: null,
} as const satisfies Partial<EngineParts>

/** Follows who is at the device, and runs an engine for them: one at a time, as one screen shows the data of one user. */
export class CurrentUser {
  readonly #parts: CurrentUserParts
  /** Edits made before the user's data were there. */
  readonly #early: EditStep[]
  #engine: Engine | null = null
  /** One after the other: a switch of users must not overtake the one before. */
  #settled: Promise<void> = Promise.resolve()
  #unfollow: () => void = () => {}
  readonly #watchers = new Set<(event: SyncEvent) => void>()

  constructor(parts: CurrentUserParts, early: readonly EditStep[]) {
    const emit = (event: SyncEvent) => {
      parts.emit(event.type === 'opened' && event.user === guest ? { ...event, user: null } : event)
      for (const watcher of this.#watchers) watcher(event)
    }
    this.#parts = { ...parts, emit, openTabs: hearingOfNewer(parts.openTabs, () => emit({ type: 'outdated' })) }
    this.#early = [...early]
  }

  get engine(): Engine | null {
    return this.#engine
  }

  /** Resolves when everything recorded so far is durable, edits made before the data were open included [OB2]. */
  async flush(): Promise<void> {
    await this.#settled
    await this.#engine?.flush()
  }

  /** A guest's engine too. @throws {SyncError} `signed-out`: it has not been opened yet, or not been possible to. */
  running(): Engine {
    if (this.#engine !== null) return this.#engine
    throw new SyncError('signed-out', 'Nobody is signed in on this device.')
  }

  record(step: EditStep): void {
    if (this.#engine === null) this.#early.push(step)
    else this.#engine.record(step)
  }

  /**
   * Resolves when the data of the last user are shown, or a guest's when it is known that there is none. The session is not waited for
   * where the user is remembered: without a network supabase-js tries for half a minute to renew an expired one.
   */
  async start(): Promise<void> {
    const known = this.#parts.lastUser.read()
    const opened = known === null ? null : this.#inTurn(() => this.#open(known))
    const followed = new Promise<void>((resolve, reject) => {
      this.#unfollow = this.#parts.followSession((state) => void this.#inTurn(() => this.#follow(state)).then(resolve, reject))
    })
    // A failure is told by an event too; where nobody waits for it here it must not end a Node process.
    followed.catch(() => {})
    await (opened ?? followed)
  }

  async stop(): Promise<void> {
    this.#unfollow()
    await this.#settled
    await this.#engine?.close()
    this.#engine = null
  }

  /**
   * Signs the user out on this device [ID3]. Their data are out of sight at once, whatever becomes of the session.
   *
   * @throws {UnsyncedWork} with `wait`, when not all could be sent; then nobody was signed out.
   */
  async signOut(unsynced: Unsynced): Promise<void> {
    const engine = this.running()
    const { user } = engine
    if (user === guest) throw new SyncError('signed-out', 'Nobody is signed in on this device.')
    if (unsynced === 'wait') await allSent({ environment: this.#parts.environment, state: () => engine.state, watch: (watcher) => this.#watch(watcher), syncNow: () => engine.syncNow() })
    await this.#inTurn(() => this.#follow({ is: 'signed-out' }))
    // Before the session ends: should the device fail now, the work that was to go is gone, and nobody is told that they are signed out.
    if (unsynced === 'wipe') await this.#inTurn(() => this.#wipe(user))
    await this.#parts.endSession()
    // Once more, as other tabs may have written until then.
    if (unsynced === 'wipe') await this.#inTurn(() => this.#wipe(user))
  }

  async #wipe(user: string): Promise<void> {
    // Signed in again meanwhile: what is there now is new.
    if (this.#engine?.user === user) return
    const storage = await this.#parts.openStorage(user)
    await wipe(storage).finally(() => storage.close())
  }

  #watch(watcher: (event: SyncEvent) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  async #follow(state: SessionState): Promise<void> {
    const { lastUser } = this.#parts
    if (state.is === 'signed-in') lastUser.write(state.user)
    if (state.is === 'signed-out') lastUser.write(null)
    const user = state.is === 'signed-in' ? state.user : (lastUser.read() ?? guest)
    if (this.#engine?.user !== user) await this.#open(user)
    else if (state.is === 'signed-in') this.#goOn(this.#engine, state.again === true)
  }

  /** That a session has ended lifts no pause, and a token that has been refused, told again, does not either: the user would be asked to sign in a second time. */
  #goOn(engine: Engine, again: boolean): void {
    if (!again) return engine.resume('signed-out')
    // Perhaps it can be renewed by now; then that is told.
    if (engine.state.paused.includes('signed-out')) void this.#parts.refreshSession()
  }

  /** `paused`: why an engine of the same user, which ran on memory, sent nothing; the screen still shows what it had fetched. */
  async #open(user: string, paused: readonly PauseReason[] | null = null): Promise<void> {
    const before = this.#engine
    if (before !== null) await this.#close(before)
    const isAdopted = user === guest || (await this.#adopt(user))
    const engine = await this.#engineOf(user, paused ?? [])
    if (before?.user === guest || paused !== null) this.#parts.clear()
    // Together: an edit made in between would be in neither.
    this.#engine = engine
    const shown = engine.begin(this.#early.splice(0))
    if (user === guest) engine.pause('signed-out')
    this.#awaitStorage(engine)
    if (!isAdopted) this.#adoptLater(engine)
    await shown
  }

  async #engineOf(user: string, paused: readonly PauseReason[]): Promise<Engine> {
    const { refuseStorage } = this.#parts
    const parts = { ...this.#parts, paused, ...(user === guest && forGuest), onFull: () => this.#onFull() }
    return Engine.open(parts, user).catch(async (error: unknown) => {
      if (refuseStorage === undefined || !(error instanceof StorageError)) throw error
      await refuseStorage(user, error.problem)
      return Engine.open(parts, user)
    })
  }

  /** The device takes nothing more, and the app is to go on all the same: in memory, from where it stands [ST2]. */
  #onFull(): void {
    const { refuseStorage } = this.#parts
    const engine = this.#engine
    if (engine === null || refuseStorage === undefined) return
    void this.#inTurn(async () => {
      if (this.#engine !== engine) return
      // What is edited meanwhile is for the engine that comes.
      this.#engine = null
      const paused = engine.state.paused.filter((reason) => reason === 'user')
      await refuseStorage(engine.user, 'full', await engine.close(0))
      await this.#open(engine.user, paused)
    })
  }

  /** While memory stands in for the device's storage, it is looked now and then whether that is back [ST2]. */
  #awaitStorage(engine: Engine): void {
    const { environment, storageIsBack } = this.#parts
    if (engine.problem === null || storageIsBack === undefined) return
    environment.setTimer(() => {
      if (this.#engine !== engine) return
      void this.#inTurn(async () => {
        if (this.#engine !== engine) return
        if (!(await storageIsBack(engine.user))) return this.#awaitStorage(engine)
        // What is edited meanwhile is for the engine that comes.
        this.#engine = null
        const paused = engine.state.paused.filter((reason) => reason === 'user')
        await engine.close()
        await this.#open(engine.user, paused)
      })
    }, lookForStorage)
  }

  /**
   * What a guest edits while somebody signs in is of whoever that is, and stays on screen until their data are there. What the
   * device did not take waits in memory, for them to come back.
   */
  async #close(engine: Engine): Promise<void> {
    if (engine.user === guest) this.#engine = null
    const unstored = await engine.close()
    this.#engine = null
    if (unstored.changes.length > 0) await this.#parts.refuseStorage?.(engine.user, 'failed', unstored)
    if (engine.user === guest) return
    this.#early.length = 0
    this.#parts.clear()
  }

  /** Guest work that cannot be adopted now stays where it is; the user's own data must open all the same. False: some is left. */
  async #adopt(user: string, onFailed: (cause: unknown) => void = (cause) => this.#tellFailure('What was done before signing in could not be taken over', cause)): Promise<boolean> {
    const { openStorage, openTabs, environment } = this.#parts
    const tell = (owner: string, message: TabMessage) => {
      const tabs = openTabs(owner)
      tabs.tell(message)
      tabs.close()
    }
    return adopt(user, { openStorage, newId: environment.newId, tell }).then(() => true, (cause: unknown) => (onFailed(cause), false))
  }

  /** It has been told that it could not be, once. */
  #adoptLater(engine: Engine): void {
    this.#parts.environment.setTimer(() => {
      if (this.#engine !== engine) return
      void this.#inTurn(async () => {
        if (this.#engine !== engine) return
        if (!(await this.#adopt(engine.user, () => {}))) return this.#adoptLater(engine)
        // Where no tab tells the others, it finds what has come by looking.
        engine.syncNow()
      })
    }, lookForStorage)
  }

  #tellFailure(what: string, cause: unknown): void {
    const error = { kind: 'storage', code: 'storage', message: `${what}: ${String(cause)}`, time: this.#parts.environment.now() } as const
    this.#parts.emit({ type: 'storageFailed', error })
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.#settled.then(task)
    this.#settled = done.catch((cause: unknown) => this.#tellFailure('The data on this device could not be opened', cause))
    return done
  }
}
