import type { Fields, Json } from './json.ts'

/** What names one entity: the collection (a slice's name) and the id. */
export interface EntityRef {
  readonly collection: string
  readonly id: string
}

/** A row as the server last confirmed it. `version` 0: the server has it, but the device does not know its version. */
export interface Row extends EntityRef {
  readonly scope: string
  readonly version: number
  readonly fields: Fields
  /** It was made here, and what only the server fills in has not been pulled yet. */
  readonly partial?: true
}

export type ChangeKind = 'create' | 'update' | 'delete'

/**
 * One step of the user's work: what one dispatch did, or all that was dispatched within `atomically`. It is undone as a whole.
 * `atomic`: the server applies all of it or nothing. `cause`: why it was made; an undo and a redo name the step that they turn back or repeat.
 */
export interface ChangeGroup {
  readonly groupId: string
  readonly atomic: boolean
  readonly cause: 'edit' | 'decision' | { readonly undoes: string } | { readonly redoes: string }
}

/**
 * One edit, as the user made it. It is never altered once recorded [OB1].
 * `patch` holds the new values, `baseValues` those that it replaced (for a delete: the whole row, so that it can be undone).
 */
export interface Change extends EntityRef {
  readonly changeId: string
  readonly user: string
  readonly device: string
  /** Which version of the app made it, by the app's own name for it; empty: it does not say. */
  readonly app: string
  readonly kind: ChangeKind
  readonly scope: string
  readonly patch: Fields
  readonly baseValues: Fields
  /** The version of the base row at the time of the edit; `null` where there was none. */
  readonly baseVersion: number | null
  /** Milliseconds since 1970, by the device's clock. */
  readonly time: number
  readonly group: ChangeGroup
}

/** A change in the durable outbox. `sequence` is taken inside the storage transaction [OB2]. */
export interface RecordedChange extends Change {
  readonly sequence: number
}

export type OpKind = ChangeKind | 'replace'

/**
 * What is sent for one entity: its pending changes squashed into one. Frozen once its batch is written down [OB3].
 * `add` names the counters of an update and what is to be added to each; `patch` holds what they come to on this device [PU2].
 * Ops with the same `unit` are applied together or not at all; `null`: the op stands for itself.
 */
export interface Op extends EntityRef {
  readonly opId: string
  readonly kind: OpKind
  readonly scope: string
  readonly patch: Fields
  readonly add: Readonly<Record<string, number>>
  readonly unit: string | null
  readonly baseValues: Fields
  readonly baseVersion: number | null
  readonly time: number
  /** Sequence numbers of the changes that this op carries. */
  readonly sequences: readonly number[]
}

/** The ops on their way. At most one batch exists for a user [OB3]; it shrinks as its ops are answered. */
export interface Batch {
  readonly batchId: string
  readonly ops: readonly Op[]
}

/** Who gave a field its present value on the server, and when. */
export interface FieldEdit {
  readonly by: string | null
  readonly time: number
}

/** The server's word on one op. The meaning of each status stands in SPEC.md, "The wire". */
export type Answer =
  | { readonly opId: string; readonly status: 'applied'; readonly version: number | null }
  | { readonly opId: string; readonly status: 'merged'; readonly row: Row }
  | { readonly opId: string; readonly status: 'duplicate'; readonly row: Row | null }
  | {
      readonly opId: string
      readonly status: 'conflict'
      readonly row: Row
      readonly edits: Readonly<Record<string, FieldEdit>>
    }
  | { readonly opId: string; readonly status: 'deleted' }
  | { readonly opId: string; readonly status: Refusal; readonly code: string; readonly message: string }
  /** Not applied, because another op of its unit was not. It leaves the batch; its changes are planned anew with the others of the unit. */
  | { readonly opId: string; readonly status: 'undone' }
  | { readonly opId: string; readonly status: 'retry'; readonly code: string; readonly message: string }

export type Refusal = 'not_found' | 'forbidden' | 'invalid'

/** One field on which two people disagree; its three values in the order base, local, remote. */
export interface FieldConflict {
  readonly field: string
  readonly base: Json
  readonly local: Json
  readonly remote: Json
  readonly remoteEdit: FieldEdit | null
}

/** What met what, the local side first; `create-create`: both made an entity with the same id. */
export type ConflictKind = 'edit-edit' | 'edit-delete' | 'delete-edit' | 'create-create'

/** How much is at stake in a conflict, and how sure an automatic decision would be [CO4]. */
export interface ConflictWeight {
  readonly severity: 'low' | 'medium' | 'high'
  /** 0: any decision is a guess, to 1. */
  readonly confidence: number
}

/**
 * Changes that wait for a person's decision. They stay laid over the base in the view, marked [OB4].
 * For `edit-edit` and `create-create` the `fields` name each disagreement; else they are empty.
 */
export interface Conflict extends EntityRef, ConflictWeight {
  readonly conflictId: string
  readonly scope: string
  readonly kind: ConflictKind
  readonly fields: readonly FieldConflict[]
  readonly changes: readonly RecordedChange[]
  readonly time: number
  /** What an adviser suggests; `null`: nobody was asked, or had an idea [D6]. */
  readonly advice: Advice | null
}

/** A decision on a conflict: one side whole, or a value for each disputed field. */
export type Choice = 'local' | 'remote' | { readonly merged: Fields }

export interface Advice {
  readonly choice: Choice
  /** 0 to 1. */
  readonly confidence: number
  readonly reason: string
}

export interface DecidedField extends FieldConflict {
  readonly kept: Json
}

/**
 * One decision about a conflict, automatic or not, with everything that it takes to understand it and to undo it [CO5].
 * `decidedBy`: `policy`, or who decided: the user of this device, by themselves or by taking advice.
 */
export interface Resolution extends EntityRef {
  readonly resolutionId: string
  readonly scope: string
  readonly kind: ConflictKind
  readonly decidedBy: 'policy' | 'person' | 'adviser' | 'undo'
  readonly user: string
  readonly time: number
  /** Each disputed field with its values; `kept` is what came out. For a delete against an edit: the fields of the row that was or would have been lost. */
  readonly fields: readonly DecidedField[]
  /** What became of the entity: it is there, or it is deleted; then `row` is what it was, as far as this device knows. */
  readonly outcome: { readonly is: 'kept' } | { readonly is: 'deleted'; readonly row: Fields }
}

/**
 * Changes that the server refused for good, or, with the status `conflict`, that the policy `reject` set aside.
 * They have left the view and wait in the tray with their reason [OB4], [OB7].
 */
export interface Rejected extends EntityRef {
  readonly rejectedId: string
  /** The refusal without which this one would not be: of the create that these changes refer to, or of another op of their unit. */
  readonly dependsOn: string | null
  readonly status: Refusal | 'conflict'
  readonly code: string
  readonly message: string
  readonly changes: readonly RecordedChange[]
  readonly time: number
}
