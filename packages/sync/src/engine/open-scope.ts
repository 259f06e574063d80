import type { Present } from '../core/presence.ts'
import type { Environment, JoinScope, ScopeLine } from './ports.ts'

/** Supabase ends the channel of a client that says more than five things of itself in half a minute. */
const most = { times: 4, within: 30_000 }

export interface OpenScopeParts {
  readonly scope: string
  readonly join: JoinScope
  readonly environment: Pick<Environment, 'now' | 'setTimer'>
  /** What this tab says of itself. */
  readonly self: () => Present
  /** What all who are there say of themselves, this tab included; nothing, while the line is lost. */
  readonly onPresent: (told: readonly unknown[]) => void
}

/** The channel of one scope that this tab shows: it says what is new about the tab, not oftener than it may, and the last of it always. */
export class OpenScope {
  readonly #parts: OpenScopeParts
  readonly #line: ScopeLine
  #isJoined = false
  #said = ''
  #times: readonly number[] = []
  #cancel: (() => void) | null = null

  constructor(parts: OpenScopeParts) {
    this.#parts = parts
    this.#line = parts.join(parts.scope, {
      onJoined: () => {
        // To the server this is another channel, of which it has heard nothing.
        this.#forget()
        this.#isJoined = true
        this.say()
      },
      onPresent: parts.onPresent,
      onLost: () => {
        this.#forget()
        parts.onPresent([])
      },
    })
  }

  /** Something about the tab may be new. */
  say(): void {
    if (!this.#isJoined || this.#cancel !== null) return
    const self = this.#parts.self()
    const text = JSON.stringify(self)
    if (text === this.#said) return
    const { now, setTimer } = this.#parts.environment
    this.#times = this.#times.filter((time) => time > now() - most.within)
    const [first] = this.#times
    if (first !== undefined && this.#times.length >= most.times) {
      this.#cancel = setTimer(() => {
        this.#cancel = null
        this.say()
      }, first + most.within - now())
      return
    }
    this.#times = [...this.#times, now()]
    this.#said = text
    this.#line.tell(self)
  }

  leave(): void {
    this.#forget()
    this.#line.leave()
  }

  #forget(): void {
    this.#cancel?.()
    this.#cancel = null
    this.#isJoined = false
    this.#said = ''
    this.#times = []
  }
}
