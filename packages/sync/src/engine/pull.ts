import type { Collections } from '../core/collection.ts'
import type { SyncEvent } from '../core/events.ts'
import { firstCursor } from '../core/records.ts'
import type { LocalData } from './local-data.ts'
import { takePage } from './pages.ts'
import type { Environment, Pull, PullPage } from './ports.ts'
import { startAnew } from './resync.ts'
import type { ServerClock } from './server-clock.ts'

export interface PullParts {
  readonly user: string
  readonly data: LocalData
  readonly collections: Collections
  readonly environment: Environment
  readonly clock: ServerClock
  readonly pull: Pull
  /** Throws when the server took the asker for somebody else [ID2]. */
  readonly checkUser: (answered: string) => void
  readonly stopped: () => boolean
  readonly emit: (event: SyncEvent) => void
}

/** Fetches what is new, page by page; each page is committed with its cursors before the next is asked for [PL1]. */
export class Puller {
  readonly #parts: PullParts
  /** Of the last complete pull of everything: makes an idle poll one small request [PL9]. */
  #etag: string | null = null

  constructor(parts: PullParts) {
    this.#parts = parts
  }

  /** Resolves when the server has said that there is no more [PL3]. */
  async pull(asked: 'all' | ReadonlySet<string>): Promise<void> {
    const { user, data, collections, environment, clock, pull, checkUser, stopped, emit } = this.#parts
    let scopes = asked
    for (let more = true; more && !stopped(); ) {
      const sentAt = environment.now()
      const cursors = this.#cursors(scopes)
      // A scope that came and went between two pulls leaves the etag as it was, but it must be told of.
      const etag = Object.values(cursors).includes(firstCursor) ? null : this.#etag
      const page = await pull({ user, cursors, etag, only: scopes !== 'all' })
      if (page === 'unchanged' || stopped()) return
      checkUser(page.user)
      // What does not come in an answer to older cursors is not gone: it was not asked for [E4].
      if (Object.entries(cursors).some(([scope, cursor]) => data.replica.scopes.get(scope)?.cursor !== cursor)) continue
      clock.heard({ server: page.now, sentAt, heardAt: environment.now() })
      more = page.more
      if (this.#isNewEpoch(page)) {
        this.#etag = null
        more = true
        scopes = 'all'
        await data.commit(startAnew(page.epoch, data.draft(), data.replica))
      } else {
        await data.commit(takePage(page, data.draft(), { collections, replica: data.replica, environment, isAsked: among(scopes) }))
        const { rows, deleted } = page
        emit({ type: 'pulled', rows: rows.length, deleted: deleted.length, milliseconds: environment.now() - sentAt, more })
        // What was sent anew since the last full pull may have left rows behind that its etag knows nothing of.
        if (page.reset.length > 0) this.#etag = null
        if (scopes === 'all') this.#etag = page.etag
      }
    }
  }

  /** The smallest request there is: does the server answer, and for this user? */
  async probe(): Promise<void> {
    const { user, pull, checkUser, stopped } = this.#parts
    const page = await pull({ user, cursors: {}, etag: null, only: true })
    if (page !== 'unchanged' && !stopped()) checkUser(page.user)
  }

  /** The next pull asks for everything, also where an etag says that nothing is new. */
  forgetEtag(): void {
    this.#etag = null
  }

  #cursors(scopes: 'all' | ReadonlySet<string>): Record<string, string> {
    const known = [...this.#parts.data.replica.scopes.values()].filter(({ scope }) => scopes === 'all' || scopes.has(scope))
    return Object.fromEntries(known.map(({ scope, cursor }) => [scope, cursor]))
  }

  /** The server was restored: its versions and cursors may be repeated with other contents [PL5]. */
  #isNewEpoch({ epoch }: PullPage): boolean {
    const known = this.#parts.data.replica.epoch
    return known !== null && known !== epoch
  }
}

const among = (scopes: 'all' | ReadonlySet<string>): ((scope: string) => boolean) => (scopes === 'all' ? () => true : (scope) => scopes.has(scope))
