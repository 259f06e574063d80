import type { Json } from './json.ts'

/** One field on which both sides moved away from the base, with the times of both edits by the server's clock. */
export interface Disagreement {
  readonly base: Json
  readonly local: Json
  readonly remote: Json
  readonly localTime: number
  readonly remoteTime: number
}

/**
 * `local`, `remote`: one side stays, the other is lost; a collection's `threshold` may leave that to a person.
 * `value`: what holds both sides, such as a sum. `ask`: a person decides. `reject`: the local edit waits in the tray.
 */
export type Decision = { readonly take: 'local' | 'remote' | 'ask' | 'reject' } | { readonly take: 'value'; readonly value: Json }

/**
 * Decides one field. It must be pure: the same disagreement is decided alike on every device [CO3].
 * One that throws, or decides for a value that cannot be stored, leaves the field to a person.
 */
export interface MergePolicy {
  (disagreement: Disagreement): Decision
  /** Two edits that lead to the same value both count. Without it the same value is no conflict [CO1]. */
  readonly sameValue?: 'counts-twice'
}

/** What happens when one deletes what another edits. */
export type DeletePolicy = 'deleteWins' | 'editWins' | 'manual'

/** The later edit stays; at the same instant the one that reached the server first. The default. */
export const lastWriteWins = (): MergePolicy => ({ localTime, remoteTime }) => ({
  take: localTime > remoteTime ? 'local' : 'remote',
})

/** The earlier edit stays; at the same instant the one that reached the server first. */
export const firstWriteWins = (): MergePolicy => ({ localTime, remoteTime }) => ({
  take: localTime < remoteTime ? 'local' : 'remote',
})

/** This device's edit stays, whatever its time. */
export const localWins = (): MergePolicy => () => ({ take: 'local' })
/** What the server has stays, whatever its time. */
export const remoteWins = (): MergePolicy => () => ({ take: 'remote' })

/** A person decides; until then the change waits in `conflicts` and stays on screen. */
export const manual = (): MergePolicy => () => ({ take: 'ask' })

/** The server's value stays; the local edit leaves the view and waits in `rejected`, where the user may retry or discard it. */
export const reject = (): MergePolicy => () => ({ take: 'reject' })
