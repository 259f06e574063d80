import type { Health } from './breaker.ts'
import type { FailureKind } from './failure.ts'
import type { Present } from './presence.ts'
import type { Reach } from './pace.ts'
import type { StorageProblem } from './storage-error.ts'
import type { Conflict, EntityRef, Rejected, Resolution } from './types.ts'

/** Why the loop rests, by name: several reasons can hold at once, and each is lifted by itself. */
export type PauseReason = 'offline' | 'signed-out' | 'user' | 'follower'

export type Phase =
  /** Before the user's data have been read from the device. */
  | 'starting'
  | 'idle'
  | 'pushing'
  | 'pulling'
  /** Waiting to try again after a failure. */
  | 'retrying'
  | 'paused'

export interface LastError {
  readonly kind: FailureKind
  readonly code: string
  readonly message: string
  readonly time: number
}

/** Something that cannot be used: a record of the device by its key, or an entity as `collection/id`; and why. */
export interface SetAside {
  readonly what: 'record' | 'row'
  readonly name: string
  readonly reason: string
}

/** Everything that happens, in one stream: the `sync` slice, the status and every later listener read it. */
export type SyncEvent =
  /** `user`: `null` for the work of a guest. */
  /** `storage`: why the device keeps nothing of it; `null`: it does. */
  | { readonly type: 'opened'; readonly user: string | null; readonly pending: number; readonly storage: StorageProblem | null }
  | { readonly type: 'closed' }
  /** Changes are in the outbox and in the view; they need not be durable yet. */
  | { readonly type: 'changeRecorded'; readonly pending: number }
  /** All changes so far are durable. */
  | { readonly type: 'changeStored'; readonly pending: number }
  /** An edit cannot be recorded; the view has been put back. `issues`: what its schema says, in sentences [A4]. */
  | { readonly type: 'changeRefused'; readonly entity: EntityRef; readonly issues: readonly string[]; readonly error: LastError }
  /** Edits come faster than any person makes them. They are kept, and joined in memory until it is over [A5]. */
  | { readonly type: 'runaway'; readonly perSecond: number; readonly time: number }
  | { readonly type: 'storageFailed'; readonly error: LastError; readonly problem?: StorageProblem }
  /** Whether the browser promises to keep this app's data when room gets scarce. */
  | { readonly type: 'keepingTold'; readonly kept: boolean }
  /** Something on the device, or a row of the server, cannot be used and was put where it does no harm [OB8], [A4]. */
  | { readonly type: 'setAside'; readonly items: readonly SetAside[] }
  | { readonly type: 'phaseChanged'; readonly phase: Phase; readonly paused: readonly PauseReason[] }
  /** By what the device knows of its network, and by how long requests take [C8]. */
  | { readonly type: 'reachChanged'; readonly reach: Reach }
  /** Another tab runs a newer version of the app: this one should be loaded anew, and loses nothing until then [TB3]. */
  | { readonly type: 'outdated' }
  | { readonly type: 'healthChanged'; readonly health: Health }
  | { readonly type: 'collectionsHeld'; readonly held: readonly string[] }
  /** Scopes that are not stored on this device, for want of room [ST2]. */
  | { readonly type: 'scopesEvicted'; readonly evicted: readonly string[] }
  | { readonly type: 'outboxChanged'; readonly pending: number; readonly conflicts: readonly Conflict[]; readonly rejected: readonly Rejected[] }
  /** How many steps of the user's can be undone and redone [A6]. */
  | { readonly type: 'undoChanged'; readonly undoable: number; readonly redoable: number }
  /** A request to push was answered. `changes`: those that its ops carry; `bytes`: of its ops, about. */
  | {
      readonly type: 'pushed'
      readonly ops: number
      readonly changes: number
      readonly bytes: number
      readonly milliseconds: number
      readonly conflicts: number
      readonly refused: number
    }
  /** A page of a pull was taken in. `more`: there will be another. `hidden`: scopes that this device began, and whose user may not see them, if there are any. */
  | { readonly type: 'pulled'; readonly rows: number; readonly deleted: number; readonly milliseconds: number; readonly more: boolean; readonly hidden?: readonly string[] }
  /** Scopes held other rows than the server says: they are fetched anew; or that has been done and did not help, and they are left as they are [PL7]. */
  | { readonly type: 'checksumsDiffered'; readonly scopes: readonly string[]; readonly outcome: 'fetched-anew' | 'left' }
  /** Conflicts were decided, by a policy or by a person [CO5]. */
  | { readonly type: 'resolved'; readonly resolutions: readonly Resolution[] }
  /** Who else has a scope open that this tab shows; nobody, too, where it cannot be known. */
  | { readonly type: 'presenceChanged'; readonly scope: string; readonly present: readonly Present[] }
  | { readonly type: 'completed'; readonly time: number }
  /** A request failed as a whole; `attempt` counts the failures in a row. */
  | { readonly type: 'failed'; readonly error: LastError; readonly attempt: number }
