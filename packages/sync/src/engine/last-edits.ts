import { OutdatedRead } from '../core/errors.ts'
import { keys, kindOf } from '../core/records.ts'
import { seal, unseal } from '../core/sealed.ts'
import type { Change, RecordedChange } from '../core/types.ts'
import type { OpenStorage, Storage } from './ports.ts'

/**
 * Keeps what a page that goes could not store any more: a transaction takes longer than such a page lives. All of it is
 * synchronous, and outlives the page.
 */
export interface LastEdits {
  /** All of them or none. False: none, as there is no room. */
  readonly keep: (user: string, changes: readonly Change[]) => boolean
  /** Nobody has taken it in yet. */
  readonly isKept: (user: string, changeId: string) => boolean
  readonly forget: (user: string, changeIds: readonly string[]) => void
  /** In the order in which they were made. */
  readonly of: (user: string) => readonly Change[]
  /** The page goes; it may come back. */
  readonly isGoing: () => boolean
  /** Calls back when it begins to go. */
  readonly follow: (onGoing: () => void) => () => void
}

/**
 * Takes in what pages could not store when they went: whenever the user's storage is opened, or is asked whether another tab has
 * written something [TB1].
 */
export function withLastEdits(openStorage: OpenStorage, lastEdits: LastEdits): OpenStorage {
  return async (user) => {
    const storage = await openStorage(user)
    // Where there is no room they are kept for another time.
    const takeIn = () => takeInLast(user, storage, lastEdits).catch(() => {})
    await takeIn()
    return {
      readAll: () => storage.readAll(),
      commit: (write) => storage.commit(write),
      lastCommit: async () => {
        await takeIn()
        return storage.lastCommit()
      },
      close: () => storage.close(),
    }
  }
}

/** Each once, however many tabs do it at once: who comes later finds it stored, or done. */
async function takeInLast(user: string, storage: Storage, lastEdits: LastEdits): Promise<void> {
  for (;;) {
    const kept = lastEdits.of(user)
    if (kept.length === 0) return
    const stored = await storage.readAll()
    const known = new Set(stored.flatMap(([key, found]) => changesIn(key, found).map(({ changeId }) => changeId)))
    const append = kept.filter(({ changeId }) => !known.has(changeId))
    try {
      if (append.length > 0) await storage.commit({ append: append.map(seal), after: Number(stored.find(([key]) => key === keys.commits)?.[1] ?? 0) })
      return lastEdits.forget(user, kept.map(({ changeId }) => changeId))
    } catch (error) {
      if (!(error instanceof OutdatedRead)) throw error
    }
  }
}

/** The changes that a record holds: what waits, what is done, and what waits for a person. */
function changesIn(key: string, found: unknown): readonly Pick<Change, 'changeId'>[] {
  const kind = kindOf(key)
  if (kind !== 'change' && kind !== 'past' && kind !== 'conflict' && kind !== 'rejected') return []
  const record = unseal(found, key)
  if (record.is === 'broken') return []
  return kind === 'change' ? [record.value as RecordedChange] : (record.value as { readonly changes: readonly RecordedChange[] }).changes
}
