import type { Json } from './json.ts'

/** One field on which both sides moved away from the base, with the times of both edits by the server's clock. */
export interface Disagreement {
  readonly base: Json
  readonly local: Json
  readonly remote: Json
  readonly localTime: number
  readonly remoteTime: number
}

export type Decision = { readonly take: 'local' | 'remote' | 'ask' } | { readonly take: 'value'; readonly value: Json }

/** Decides one field. It must be pure: the same disagreement is decided alike on every device [CO3]. */
export type MergePolicy = (disagreement: Disagreement) => Decision

/** What happens when one deletes what another edits. */
export type DeletePolicy = 'deleteWins' | 'editWins' | 'manual'

/** The later edit stays; at the same instant the one that reached the server first. The default. */
export const lastWriteWins = (): MergePolicy => ({ localTime, remoteTime }) => ({
  take: localTime > remoteTime ? 'local' : 'remote',
})

export const firstWriteWins = (): MergePolicy => ({ localTime, remoteTime }) => ({
  take: localTime < remoteTime ? 'local' : 'remote',
})

export const localWins = (): MergePolicy => () => ({ take: 'local' })
export const remoteWins = (): MergePolicy => () => ({ take: 'remote' })

/** A person decides; until then the change waits in `conflicts` and stays on screen. */
export const manual = (): MergePolicy => () => ({ take: 'ask' })
