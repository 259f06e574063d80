import type { Collections } from '../core/collection.ts'
import type { SyncEvent } from '../core/events.ts'
import { besideEtag, nextPageRows, pageRows, type Limit } from '../core/pace.ts'
import { firstCursor, numberIn, type ScopeRecord } from '../core/records.ts'
import { Awaited } from './awaited.ts'
import { Checksums } from './checksums.ts'
import type { Wanted } from '../core/next-step.ts'
import type { LocalData } from './local-data.ts'
import { OldAnswers } from './old-answers.ts'
import { takePage } from './pages.ts'
import type { Environment, Pull, PullPage, PullRequest } from './ports.ts'
import { fetchAgain, fetchForSchema, startAnew } from './resync.ts'
import type { ServerClock } from './server-clock.ts'

export interface PullParts {
  readonly user: string
  readonly data: LocalData
  readonly collections: Collections
  readonly environment: Environment
  readonly clock: ServerClock
  readonly pull: Pull
  readonly limit: () => Limit
  /** Throws when the server took the asker for somebody else [ID2]. */
  readonly checkUser: (answered: string) => void
  readonly stopped: () => boolean
  readonly emit: (event: SyncEvent) => void
}

type Asked = 'all' | ReadonlySet<string>

/** How a pull ended: nothing is left to fetch; or the server knew less than the device has seen. `askAgainIn`: milliseconds; `null`: a poll is soon enough. */
export type PullEnd = { readonly is: 'complete'; readonly askAgainIn: number | null } | { readonly is: 'old'; readonly askAgainIn: number }

/** Fetches what is new, page by page; each page is committed with its cursors before the next is asked for [PL1]. */
export class Puller {
  readonly #parts: PullParts
  /** Of the last complete pull of everything: makes an idle poll one small request [PL9]. */
  #etag: string | null = null
  readonly #old: OldAnswers
  readonly #awaited: Awaited
  readonly #checksums = new Checksums()

  constructor(parts: PullParts) {
    this.#parts = parts
    this.#old = new OldAnswers(parts)
    this.#awaited = new Awaited({ replica: parts.data.replica, environment: parts.environment })
  }

  /** Resolves when the server has said that there is no more [PL3], or that it knows less than the device [PL4]. */
  async pull(asked: Asked): Promise<PullEnd> {
    const { user, data, environment, clock, pull, limit, checkUser, stopped } = this.#parts
    let scopes = asked
    let { rows } = limit()
    for (let more = true; more && !stopped(); ) {
      const sentAt = environment.now()
      const request = this.#request(scopes)
      const page = await pull({ user, ...request, ...(rows !== pageRows.usual && { limit: rows }) })
      if (page === 'unchanged' || stopped()) break
      checkUser(page.user)
      // What does not come in an answer to older cursors is not gone: it was not asked for [E4].
      if (Object.entries(request.cursors ?? {}).some(([scope, cursor]) => data.replica.scopes.get(scope)?.cursor !== cursor)) continue
      const heardAt = environment.now()
      clock.heard({ server: page.now, sentAt, heardAt })
      if (request.cursors !== null) rows = nextPageRows(rows, heardAt - sentAt)
      if (!this.#isNewEpoch(page) && this.#old.isOld(page)) return { is: 'old', askAgainIn: this.#old.wait() }
      const startsAgain = await this.#startAgain(page)
      if (startsAgain) scopes = 'all'
      else if (request.cursors === null) this.#etag = null
      else await this.#take(page, scopes, sentAt)
      more = startsAgain || request.cursors === null || page.more || (scopes === 'all' && (await this.#check(page)))
    }
    if (scopes === 'all') this.#old.end()
    return { is: 'complete', askAgainIn: this.#awaited.wait() }
  }

  /** What was poked is to come with the next pull, or one after it. */
  expect(poked: ReadonlyMap<string, number>): void {
    this.#awaited.expect(poked)
  }

  /** What of this the device has not fetched yet: a poke may come while what it tells of is on its way already. Of a scope that it does not know only a pull of everything can tell. */
  behind(wanted: Wanted): Asked {
    const { scopes } = this.#parts.data.replica
    if (wanted === 'all' || [...wanted.keys()].some((scope) => !scopes.has(scope))) return 'all'
    return new Set([...wanted].flatMap(([scope, number]) => (numberIn(scopes.get(scope)?.cursor ?? firstCursor) >= number ? [] : [scope])))
  }

  /** The smallest request there is: does the server answer, and for this user? */
  async probe(): Promise<void> {
    const { user, pull, checkUser, stopped } = this.#parts
    const page = await pull({ user, cursors: {}, etag: null, only: true })
    if (page !== 'unchanged' && !stopped()) checkUser(page.user)
  }

  /** The next pull asks for everything, also where an etag says that nothing is new: there is something, as one's own push. */
  forgetEtag(): void {
    this.#etag = null
  }

  /** As does this one, which also has it checked: after what was fetched anew. */
  checkSoon(): void {
    this.#etag = null
    this.#checksums.soon()
  }

  /** Where an etag is known and the scopes are many, it is asked first, by itself: hundreds of cursors would go out in vain [PL9]. */
  #request(scopes: Asked): Omit<PullRequest, 'user'> {
    if (scopes !== 'all') return { cursors: this.#cursors(scopes), etag: null, only: true }
    const cursors = this.#cursors(scopes)
    if (this.#checksums.isDue(this.#parts.environment.now())) return { cursors, etag: null, only: false, check: true }
    // A scope that came and went between two pulls leaves the etag as it was, but it must be told of.
    const isKnown = this.#etag !== null && !Object.values(cursors).includes(firstCursor)
    const isSmall = Object.keys(cursors).length <= besideEtag
    return { cursors: isKnown && !isSmall ? null : cursors, etag: isKnown ? this.#etag : null, only: false }
  }

  #cursors(scopes: Asked): Record<string, string> {
    const known = [...this.#parts.data.replica.scopes.values()].filter(({ scope }) => scopes === 'all' || scopes.has(scope))
    return Object.fromEntries(known.map(({ scope, cursor }) => [scope, cursor]))
  }

  /** Another history, or another form of the rows: what this page holds is of no use, as everything is asked for from its start. */
  async #startAgain(page: PullPage): Promise<boolean> {
    const { data } = this.#parts
    const hasPulled = [...data.replica.scopes.values()].some(({ cursor }) => cursor !== firstCursor)
    const isNewForm = data.replica.schema !== page.schema && hasPulled
    if (this.#isNewEpoch(page)) await data.commit(startAnew(page, data.draft(), data.replica))
    else if (isNewForm) await data.commit(fetchForSchema(page.schema, data.draft(), data.replica))
    else return false
    this.checkSoon()
    return true
  }

  async #take(page: PullPage, scopes: Asked, sentAt: number): Promise<void> {
    const { data, collections, environment, emit } = this.#parts
    const hidden = page.gone.filter(({ scope, reason }) => reason === 'revoked' && isOnlyPushed(data.replica.scopes.get(scope))).map(({ scope }) => scope)
    await data.commit(takePage(page, data.draft(), { collections, replica: data.replica, environment, isAsked: among(scopes) }))
    const { rows, deleted, more } = page
    emit({ type: 'pulled', rows: rows.length, deleted: deleted.length, milliseconds: environment.now() - sentAt, more, ...(hidden.length > 0 && { hidden }) })
    // What was sent anew since the last full pull may have left rows behind that its etag knows nothing of.
    if (page.reset.length > 0) this.#etag = null
    if (scopes === 'all') this.#etag = page.etag
  }

  /** True: the server is to be asked again at once [PL7]. */
  async #check(page: PullPage): Promise<boolean> {
    const { data, environment, emit } = this.#parts
    const now = environment.now()
    if (!this.#checksums.isDue(now)) return false
    const { anew, left, again } = this.#checksums.compare(page.checksums, data.replica, now)
    if (left.length > 0) emit({ type: 'checksumsDiffered', scopes: left, outcome: 'left' })
    if (anew.length === 0) return again
    const draft = data.draft()
    for (const scope of anew) fetchAgain(scope, draft, data.replica)
    await data.commit(draft.write())
    emit({ type: 'checksumsDiffered', scopes: anew, outcome: 'fetched-anew' })
    return again
  }

  /** The server was restored: its versions and cursors may be repeated with other contents [PL5]. */
  #isNewEpoch({ epoch }: PullPage): boolean {
    const known = this.#parts.data.replica.epoch
    return known !== null && known !== epoch
  }
}

const among = (scopes: Asked): ((scope: string) => boolean) => (scopes === 'all' ? () => true : (scope) => scopes.has(scope))

/** Known by a push alone: nothing of it was ever pulled, nor is it fetched anew. */
const isOnlyPushed = (known: ScopeRecord | undefined): boolean => known?.cursor === firstCursor && known.unseen === undefined
