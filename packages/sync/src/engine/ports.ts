import type { LineHints } from '../core/pace.ts'
import type { FailureKind } from '../core/failure.ts'
import type { Present } from '../core/presence.ts'
import type { Standing } from '../core/naming.ts'
import type { StorageProblem } from '../core/storage-error.ts'
import type { Answer, Batch, Change, RecordedChange, Row } from '../core/types.ts'

/** Time, chance and names: given, so that tests own them. */
export interface Environment {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** In [0, 1). */
  readonly random: () => number
  /** A fresh UUID. */
  readonly newId: () => string
  /** Resolves when the page has had a chance to draw and to hear its user. Default: at once; where there is no page, nothing is gained. */
  readonly pause?: () => Promise<void>
  /** Calls back once after so many milliseconds; the result cancels it. */
  readonly setTimer: (callback: () => void, delay: number) => () => void
}

/** `unpack(await pack(text))` is the text. */
export interface Compression {
  readonly pack: (text: string) => Promise<string>
  readonly unpack: (packed: string) => Promise<string>
}

/** One all-or-nothing transaction [ST1]. */
export interface Write {
  readonly puts?: readonly (readonly [key: string, value: unknown])[]
  readonly deletes?: readonly string[]
  /** Changes to be numbered inside the transaction and stored under `keys.change` [OB2]. */
  readonly append?: readonly Change[]
}

/** A write as the storage takes it: every value is sealed. To an appended one the storage adds its `sequence` [OB8]. */
export interface SealedWrite {
  readonly puts?: readonly (readonly [key: string, value: unknown])[]
  readonly deletes?: readonly string[]
  readonly append?: readonly object[]
  /** The counter of sequence numbers is raised to this, if it is lower or no number at all; it is never lowered. */
  readonly sequenceAtLeast?: number
  /**
   * The term of the leader that writes this, compared inside the transaction: in any other nothing is written, and it fails with
   * `OutdatedTerm` [TB2]. `next`: the write begins a term. Absent: a write that any tab may make at any time.
   */
  readonly term?: number | 'next'
  /** The number of the last write that whoever writes this has read: after any other nothing is written, and it fails with `OutdatedRead`. */
  readonly after?: number
  /** It is news to no tab, and takes no number: deletes by which a full device gets room, which takes not even a counter any more. */
  readonly uncounted?: boolean
}

/** What the storage counted. */
export interface Committed {
  /** Of this write among all of this storage: each is one above that of the write before. */
  readonly number: number
  /** Given to `append`, in its order. */
  readonly sequences: readonly number[]
  /** The one that holds from now on; 0: nobody has ever led. */
  readonly term: number
  /** Changes up to this sequence number may have been sent by their names, without a batch that was written down; 0: none. */
  readonly named: number
}

/** One user's durable key-value store. Keys sort as strings. */
export interface Storage {
  /** All records, in the order of their keys. One that cannot be read comes as `undefined`, and hinders no other [OB8]. */
  readonly readAll: () => Promise<readonly (readonly [key: string, value: unknown])[]>
  /** Atomic on every adapter, also when one value cannot be stored, or its term is over. engine/counted.ts does the counting for all. */
  readonly commit: (write: SealedWrite) => Promise<Committed>
  /** The number of the last write; 0: there was none. It tells at little cost whether another tab has written something. */
  readonly lastCommit: () => Promise<number>
  readonly close: () => void
  /** Why it is only in memory, where it stands in for one that cannot be used [ST2]. */
  readonly problem?: StorageProblem
  /** Does something with the storage that it stands in for, where that can be opened. */
  readonly stored?: (use: (storage: Storage) => Promise<void>) => Promise<void>
  /** Whether a change may be sent, and as what. Default: what `named` says of it. */
  readonly standing?: (change: RecordedChange) => Standing
}

/** Opens the store of one user; two users never share one [ID2]. */
export type OpenStorage = (user: string) => Promise<Storage>

/** A request that failed as a whole. The cause says what was seen. */
export class TransportError extends Error {
  override readonly name = 'TransportError'
  readonly kind: FailureKind
  readonly code: string
  /** The HTTP status; 0: no answer came. */
  readonly status: number
  /** Milliseconds, when the server said how long to wait. */
  readonly retryAfter: number | undefined

  constructor(message: string, details: { kind: FailureKind; code: string; status?: number; retryAfter?: number | undefined; cause?: unknown }) {
    super(message, { cause: details.cause })
    this.kind = details.kind
    this.code = details.code
    this.status = details.status ?? 0
    this.retryAfter = details.retryAfter
  }
}

export interface PushResult {
  /** Whom the server took the sender for. */
  readonly user: string
  /** Names the server's history, as that of a pull does; `null`: it does not say. */
  readonly epoch: string | null
  /** What a pull's `asOf` is at least, once it knows of this push; absent: the server does not say. */
  readonly asOf?: number
  /** The server's clock, milliseconds since 1970. */
  readonly now: number
  readonly answers: readonly Answer[]
  /** By scope: a cursor that stands at the first may be put to the second, because all that lies between is in the answers [S7]. */
  readonly advance?: Readonly<Record<string, readonly [from: string, to: string]>>
}

/** Sends a batch. It throws a TransportError when the request fails as a whole; whether it was carried out is then unknown. */
export type Push = (batch: Batch, sender: Sender) => Promise<PushResult>

export interface Sender {
  /** Nothing is sent while the session is of anybody else [ID2]. */
  readonly user: string
  readonly device: string
  /** Server's clock minus the device's, in milliseconds. */
  readonly clockOffset: number
  /** The device's clock: no edit was made later than that. */
  readonly now: number
}

export interface PullRequest {
  readonly user: string
  /** `null`: the question is only whether there is anything new; then the answer says `more` and holds nothing [PL9]. */
  readonly cursors: Readonly<Record<string, string>> | null
  /** The last answer's: lets an idle poll cost next to nothing [PL9]. */
  readonly etag: string | null
  /** Only the scopes named in `cursors`. */
  readonly only: boolean
  /** Rows a page at most. Default: 2,000. */
  readonly limit?: number
  /** The answer that ends the pull is to carry checksums [PL7]. */
  readonly check?: boolean
}

export interface PullPage {
  readonly user: string
  readonly epoch: string
  /** How new what the server knew is: it rises within an epoch, on a read replica too. */
  readonly asOf: number
  /** Names the form of the rows: the server's tables and columns, and what this app makes of them [PL3]. */
  readonly schema: string
  readonly now: number
  readonly etag: string | null
  readonly more: boolean
  readonly cursors: Readonly<Record<string, string>>
  readonly partial: readonly string[]
  readonly reset: readonly string[]
  /** Of `reset`, the scopes of which the device has seen more than the server knows. */
  readonly behind: readonly string[]
  readonly gone: readonly { readonly scope: string; readonly reason: 'deleted' | 'revoked' }[]
  readonly rows: readonly Row[]
  readonly deleted: readonly { readonly collection: string; readonly id: string; readonly scope: string; readonly version: number }[]
  /** By scope, where there are rows; `null`: not asked for, or there is more to come [PL7]. */
  readonly checksums: Readonly<Record<string, number>> | null
}

export type Pull = (request: PullRequest) => Promise<PullPage | 'unchanged'>

export interface Transport {
  readonly push: Push
  readonly pull: Pull
}

/** Listens for pokes to one user: in a scope something was committed, with this number; Infinity: it does not say. `onJoined` comes after every (re)join: what was missed meanwhile must be pulled [PL2]. */
export type ListenForPokes = (
  user: string,
  listener: { readonly onPoke: (scope: string, number: number) => void; readonly onJoined: () => void; readonly onLost: () => void },
) => PokeLine

export interface PokeLine {
  /** The network has returned: joins at once instead of waiting for the next attempt. */
  readonly reconnect: () => void
  readonly stop: () => void
}

/**
 * Joins the channel of a scope, where its members say of themselves that they have it open. `onPresent` tells what all who are
 * there say, this tab included, after each (re)join and each change.
 */
export type JoinScope = (
  scope: string,
  listener: { readonly onJoined: () => void; readonly onPresent: (told: readonly unknown[]) => void; readonly onLost: () => void },
) => ScopeLine

export interface ScopeLine {
  /** Says what the tab is about, instead of what it said before; nothing happens while it is not joined. */
  readonly tell: (self: Present) => void
  readonly leave: () => void
}

/** Whether the browser promises to keep this app's data when room gets scarce. */
export interface KeepData {
  readonly isKept: () => Promise<boolean>
  /** Resolves with the answer. It never puts a question to the user twice. */
  readonly ask: () => Promise<boolean>
}

export type NetworkEvent = 'online' | 'offline' | 'focus' | 'hidden' | 'line'

export interface Network {
  readonly online: () => boolean
  /** What is told of the line. Default: nothing. */
  readonly hints?: () => LineHints
  /** Nobody sees the app. Default: somebody does. */
  readonly isHidden?: () => boolean
  /** Calls back when the network returns or goes, when the user comes back to the app (`focus`) or leaves it (`hidden`), and when the hints are others (`line`). */
  readonly subscribe: (listener: (event: NetworkEvent) => void) => () => void
}

/** A tab that would lead. */
export interface Candidate {
  /** Called when this tab may talk to the network. When its promise ends the next tab may, and later perhaps this one again. */
  readonly lead: () => Promise<void>
  /** Another tab took the lead, or may take it, as this one is being frozen: the promise of `lead` is to end. */
  readonly onDeposed: () => void
}

export interface Campaign {
  /** Takes the lead from a tab that gives no sign of life. */
  readonly takeOver: () => void
  readonly resign: () => void
}

/** Tabs of one user on one device. */
export interface Tabs {
  readonly campaign: (candidate: Candidate) => Campaign
  readonly tell: (message: TabMessage) => void
  readonly listen: (listener: TabListener) => () => void
  /** Nobody sees this tab now. */
  readonly isHidden: () => boolean
  readonly close: () => void
}

export interface TabListener {
  readonly onMessage: (message: TabMessage) => void
  /** Something may not have been heard: the tab was `away`, hidden or frozen, or another tab speaks an `unknown` version, or a `newer` one. */
  readonly onMissed: (why: 'away' | 'unknown' | 'newer') => void
}

/** What tabs tell each other. */
export type TabMessage =
  /** This was committed, under that number. */
  | { readonly is: 'commit'; readonly number: number; readonly puts: readonly (readonly [key: string, value: unknown])[]; readonly deletes: readonly string[] }
  /** Does anybody lead? */
  | { readonly is: 'question' }
  /** This tab leads. `number`: the last commit that it knows of; `hidden`: nobody sees it. */
  | { readonly is: 'leader'; readonly number: number; readonly hidden: boolean }

export type OpenTabs = (user: string) => Tabs

/** Refreshes the session once; never rejects. `unreachable`: not now, which says nothing about the user. */
export type RefreshSession = () => Promise<'refreshed' | 'sign-in' | 'unreachable'>

/**
 * What is known of the person at the device. `again`: by the very token that was told before, as when they come back to the page.
 * `unknown`: there is no valid session, but nobody has signed out either.
 */
export type SessionState = { readonly is: 'signed-in'; readonly user: string; readonly again?: true } | { readonly is: 'signed-out' } | { readonly is: 'unknown' }

/** Ends the session on this device, without a network too; other devices stay signed in. */
export type EndSession = () => Promise<void>

/** Calls back at once with the state of the start, then with each new one; the result ends it. */
export type FollowSession = (listener: (state: SessionState) => void) => () => void

/**
 * Who used this device last. Offline with an expired token there is no session, and yet nobody has signed out:
 * the data of this user stay on screen.
 */
export interface LastUser {
  readonly read: () => string | null
  readonly write: (user: string | null) => void
}
