import type { Collections } from '../core/collection.ts'
import type { PauseReason, Phase, SyncEvent } from '../core/events.ts'
import { begun, dueOf, poked, pullAtOnce, pullWithin, type NextPull } from '../core/next-pull.ts'
import { nextStep, type LoopState, type Step, type Wanted } from '../core/next-step.ts'
import type { Limit } from '../core/pace.ts'
import type { RetrySettings } from '../core/retry.ts'
import { sendable } from '../core/sendable.ts'
import { checkUser } from './check-user.ts'
import { Circuit } from './circuit.ts'
import type { LocalData } from './local-data.ts'
import { TransportError, type Environment, type RefreshSession, type Transport } from './ports.ts'
import { Puller } from './pull.ts'
import { Pusher } from './push.ts'
import { ServerClock } from './server-clock.ts'

export interface SyncServiceParts {
  readonly user: string
  readonly data: LocalData
  readonly collections: Collections
  readonly transport: Transport
  readonly environment: Environment
  readonly refreshSession: RefreshSession
  readonly retry: RetrySettings
  /** Milliseconds between polls: the net under realtime, which may drop a poke. */
  readonly pollEvery: () => number
  /** The most that a batch may hold on the line as it is. */
  readonly limit: () => Limit
  readonly emit: (event: SyncEvent) => void
}

/** The loop: it asks what is next, and does it. All decisions are in core/next-step.ts. */
export class SyncService {
  readonly #parts: SyncServiceParts
  readonly #pusher: Pusher
  readonly #puller: Puller
  readonly #circuit: Circuit
  readonly #paused: Set<PauseReason>
  #pull: NextPull = pullAtOnce
  #pushFailed = false
  /** What waited, and what was held, when nothing of it could be sent. */
  #inVain = ''
  #refreshed = false
  #wake: () => void = () => {}
  /** Set by every reason to think again; a rest that has not begun yet must not miss it. */
  #woken = false
  #stopped = false
  #shown = ''

  constructor(parts: SyncServiceParts, paused: Iterable<PauseReason>) {
    this.#parts = parts
    this.#paused = new Set(paused)
    const { user, data, collections, environment, transport, limit, emit } = parts
    this.#circuit = new Circuit(parts)
    const shared = { user, data, collections, environment, limit, clock: new ServerClock(), checkUser: (answered: string) => checkUser(answered, user), stopped: () => this.#isOver, emit }
    this.#pusher = new Pusher({ ...shared, push: transport.push })
    this.#puller = new Puller({ ...shared, pull: transport.pull })
  }

  /** This tab is the one that talks to the network. */
  get leads(): boolean {
    return !this.#paused.has('follower')
  }

  /** What was asked for is of no use any more: another user may be on screen, or another tab lead [TB2]. */
  get #isOver(): boolean {
    return this.#stopped || !this.leads
  }

  /** Runs until `stop`, or until another tab leads. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      this.#woken = false
      const step = nextStep(this.#state(), this.#parts.environment.now())
      this.#showPhase(step)
      try {
        await this.#do(step)
      } catch (error) {
        await this.#onFailure(error)
      }
    }
  }

  stop(): void {
    this.#stopped = true
    this.nudge()
  }

  /** Something changed that may lead to another next step. */
  nudge(): void {
    this.#woken = true
    this.#wake()
  }

  /** Asks for a pull now; a wait after failures ends, as there is news of the network or the user asks. */
  pullNow(wanted: Wanted = 'all'): void {
    this.#pull = wanted === 'all' ? pullAtOnce : poked(this.#pull, wanted)
    if (wanted === 'all') this.#circuit.news()
    this.nudge()
  }

  /** The next pull of everything is not later than in so many milliseconds; by default a poll away, as they are more frequent from now on. */
  pullSoon(within: number = this.#parts.pollEvery()): void {
    this.#pull = pullWithin(this.#pull, { now: this.#parts.environment.now(), within })
    this.nudge()
  }

  /** Everything is to be fetched from its start. */
  fetchAnew(): void {
    this.#puller.checkSoon()
    this.pullNow()
  }

  pause(reason: PauseReason): void {
    this.#paused.add(reason)
    this.#showPhase({ do: 'rest', until: 'woken' })
    this.nudge()
  }

  resume(reason: PauseReason): void {
    if (!this.#paused.delete(reason)) return
    if (reason === 'signed-out') this.#refreshed = false
    if (reason === 'follower') this.#puller.forgetEtag()
    this.pullNow()
  }

  #state(): LoopState {
    const { outbox } = this.#parts.data.replica
    const inFlight = this.#isInFlight
    const mayPlan = !inFlight && this.#waiting() !== this.#inVain
    return {
      paused: this.#paused,
      inFlight,
      unsentSince: mayPlan ? outbox.oldestTime() : null,
      pull: dueOf(this.#pull, this.#parts.environment.now()),
      retryAt: this.#circuit.retryAt,
      probing: this.#circuit.probing,
      pushFailed: this.#pushFailed && this.#circuit.failures > 1,
    }
  }

  async #do(step: Step): Promise<void> {
    switch (step.do) {
      case 'rest':
        return this.#rest(step.until)
      case 'plan':
        return this.#plan()
      case 'probe':
        await this.#puller.probe()
        return this.#circuit.probed()
      case 'push':
        return this.#push()
      case 'pull':
        return this.#pullPages(step.wanted)
    }
  }

  /** What waits may all be of collections that are held: then there is nothing to do until something changes [E6]. */
  async #plan(): Promise<void> {
    const waiting = this.#waiting()
    await this.#pusher.plan()
    if (!this.#isInFlight) this.#inVain = waiting
  }

  get #isInFlight(): boolean {
    return sendable(this.#parts.data.replica.batch, this.#parts.collections).length > 0
  }

  #waiting(): string {
    const { outbox, held } = this.#parts.data.replica
    return [outbox.version, ...held.keys()].join()
  }

  async #rest(until: number | 'woken'): Promise<void> {
    if (this.#woken) return
    const { now, setTimer } = this.#parts.environment
    await new Promise<void>((resolve) => {
      const cancel = until === 'woken' ? () => {} : setTimer(resolve, Math.max(0, until - now()))
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
    this.#wake = () => {}
  }

  async #push(): Promise<void> {
    this.#pushFailed = true
    await this.#pusher.send()
    if (this.#isOver) return
    this.#pushFailed = false
    await this.#succeeded()
    this.#puller.forgetEtag()
    this.pullNow()
  }

  async #pullPages(wanted: Wanted): Promise<void> {
    this.#puller.expect(this.#pull.poked)
    this.#pull = begun(this.#pull, wanted, { now: this.#parts.environment.now(), pollEvery: this.#parts.pollEvery() })
    const scopes = this.#puller.behind(wanted)
    if (scopes !== 'all' && scopes.size === 0) return
    if (scopes === 'all') await this.#parts.data.hearOfLostTabs()
    const pushFailed = this.#pushFailed
    this.#pushFailed = false
    const end = await this.#puller.pull(scopes)
    if (this.#isOver) return
    // While pushes fail, pulls that get through do not make it well.
    if (!pushFailed) await this.#succeeded()
    if (end.askAgainIn !== null) this.pullSoon(end.askAgainIn)
    if (end.is === 'complete') this.#parts.emit({ type: 'completed', time: this.#parts.environment.now() })
  }

  async #succeeded(): Promise<void> {
    this.#refreshed = false
    await this.#circuit.succeeded()
  }

  async #onFailure(error: unknown): Promise<void> {
    if (this.#isOver) return
    const { environment, emit, refreshSession } = this.#parts
    const known = error instanceof TransportError
    const failure = { kind: known ? error.kind : 'unknown', code: known ? error.code : 'unexpected', message: String(error) } as const
    emit({ type: 'failed', error: { ...failure, time: environment.now() }, attempt: this.#circuit.failures + 1 })
    if (failure.kind === 'auth') {
      // Once: a token that expired is renewed; when that does not help, a person must sign in [ID1].
      const session = this.#refreshed ? 'sign-in' : await refreshSession()
      if (session === 'refreshed') this.#refreshed = true
      if (session === 'sign-in') this.#paused.add('signed-out')
      // What failed is due at once, also a pull: the next poll may be minutes away.
      if (session === 'refreshed') this.#pull = pullAtOnce
      if (session !== 'unreachable') return
    }
    await this.#circuit.failed(known ? error.retryAfter : undefined)
    this.#pull = pullAtOnce
  }

  #showPhase(step: Step): void {
    const phases: Record<Step['do'], Phase> = { push: 'pushing', plan: 'pushing', pull: 'pulling', probe: 'retrying', rest: 'idle' }
    const phase = this.#paused.size > 0 ? 'paused' : step.do === 'rest' && this.#circuit.failures > 0 ? 'retrying' : phases[step.do]
    const paused = [...this.#paused]
    const shown = [phase, ...paused].join()
    if (shown === this.#shown) return
    this.#shown = shown
    this.#parts.emit({ type: 'phaseChanged', phase, paused })
  }
}
