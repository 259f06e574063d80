import { SyncError } from '../core/errors.ts'
import type { SyncEvent } from '../core/events.ts'
import { Engine, type EditStep, type EngineParts } from './engine.ts'
import type { EndSession, FollowSession, LastUser, SessionState } from './ports.ts'
import { afterOtherTabs, allSent, wipe, type Unsynced } from './signing-out.ts'

export interface CurrentUserParts extends EngineParts {
  readonly followSession: FollowSession
  readonly endSession: EndSession
  readonly lastUser: LastUser
  /** The screen must show nothing of the user any more. */
  readonly clear: () => void
}

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
      parts.emit(event)
      for (const watcher of this.#watchers) watcher(event)
    }
    this.#parts = { ...parts, emit }
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

  /** @throws {SyncError} `signed-out` */
  running(): Engine {
    if (this.#engine !== null) return this.#engine
    throw new SyncError('signed-out', 'Nobody is signed in on this device.')
  }

  record(step: EditStep): void {
    if (this.#engine === null) this.#early.push(step)
    else this.#engine.record(step)
  }

  /**
   * Resolves when the data of the last user are shown, or when it is known that there is none. The session is not waited for
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
    if (unsynced === 'wait') await allSent({ environment: this.#parts.environment, state: () => engine.state, watch: (watcher) => this.#watch(watcher), syncNow: () => engine.syncNow() })
    await this.#inTurn(() => this.#follow({ is: 'signed-out' }))
    // Before the session ends: should the device fail now, the work that was to go is gone, and nobody is told that they are signed out.
    if (unsynced === 'wipe') await this.#inTurn(() => this.#wipe(user))
    await this.#parts.endSession()
    // Once more, as other tabs may have written until then.
    if (unsynced === 'wipe') await this.#inTurn(() => afterOtherTabs(() => this.#wipe(user), { ...this.#parts, user }))
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
    const { lastUser, emit } = this.#parts
    if (state.is === 'signed-in') lastUser.write(state.user)
    if (state.is === 'signed-out') lastUser.write(null)
    const user = state.is === 'signed-in' ? state.user : lastUser.read()
    if (user !== null) await this.#open(user)
    else if (this.#engine !== null) await this.#close(this.#engine)
    else emit({ type: 'closed' })
  }

  async #open(user: string): Promise<void> {
    if (this.#engine?.user === user) return this.#engine.resume('signed-out')
    if (this.#engine !== null) await this.#close(this.#engine)
    const engine = await Engine.open(this.#parts, user)
    // Together: an edit made in between would be in neither.
    this.#engine = engine
    engine.begin(this.#early.splice(0))
  }

  async #close(engine: Engine): Promise<void> {
    await engine.close()
    this.#engine = null
    this.#early.length = 0
    this.#parts.clear()
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.#settled.then(task)
    this.#settled = done.catch((cause: unknown) => {
      const message = `The data on this device could not be opened: ${String(cause)}`
      const error = { kind: 'storage', code: 'storage', message, time: this.#parts.environment.now() } as const
      this.#parts.emit({ type: 'storageFailed', error })
    })
    return done
  }
}
