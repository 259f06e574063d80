import { entryOf, type LogEntry } from '../core/change-log.ts'
import { keys, type ArchiveRecord, type PastRecord } from '../core/records.ts'
import type { Resolution } from '../core/types.ts'
import { mostSteps } from '../core/undo-stacks.ts'
import { mostDecisions } from './history.ts'
import type { LocalData } from './local-data.ts'
import { firstSequence } from './past.ts'
import type { Compression, Environment } from './ports.ts'

/** What this device remembers beyond the live history, newest first. */
export interface ArchivedHistory {
  readonly decisions: readonly Resolution[]
  /** The user's own changes that are done. */
  readonly changes: readonly LogEntry[]
  /** Parts of the archive that could not be read, and are left out. */
  readonly unreadable: number
}

export interface ArchiveSettings {
  /** `null`: there is none here, and what is archived lies there plain. */
  readonly compression: Compression | null
  readonly keptDays: number
}

export interface ArchiveParts extends ArchiveSettings {
  readonly data: LocalData
  readonly environment: Environment
}

type Contents = Pick<ArchivedHistory, 'decisions' | 'changes'>

/** So many more than the live history may hold go into one record of the archive: to compress a few gains nothing. */
const atOnce = { decisions: 50, steps: 20 }
/** Records of the archive, of a few kilobytes each; the oldest go first. */
const mostRecords = 50
const day = 86_400_000

/**
 * The device's older history: decisions about conflicts beyond the last 500 [CO5], and the user's own changes beyond the last
 * 100 steps. No edit waits for it: it is packed when a sync has ended, by the tab that leads.
 */
export class Archive {
  readonly #parts: ArchiveParts
  #isBusy = false

  constructor(parts: ArchiveParts) {
    this.#parts = parts
  }

  /** Packs what is older than the live history, and forgets what is too old. What cannot be stored now is packed another time. */
  async tidy(): Promise<void> {
    if (this.#isBusy || this.#parts.data.problem !== null) return
    this.#isBusy = true
    await this.#tidy().catch(() => {})
    this.#isBusy = false
  }

  async read(): Promise<ArchivedHistory> {
    const { data, compression } = this.#parts
    const newestFirst = [...data.replica.archives].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, record]) => record)
    const read = await Promise.all(newestFirst.map((record) => contentsOf(record, compression).catch(() => null)))
    const whole = read.filter((contents) => contents !== null)
    return { decisions: whole.flatMap(({ decisions }) => decisions), changes: whole.flatMap(({ changes }) => changes), unreadable: read.length - whole.length }
  }

  async #tidy(): Promise<void> {
    const { data, environment, compression, keptDays } = this.#parts
    const { history, past, archives } = data.replica
    const decisions = oldestOf([...history], { spare: history.size - mostDecisions, atOnce: atOnce.decisions, rankOf: ({ time }) => time })
    // By their numbers, as they are undone: a clock that was set back makes the newest look older than what was done before.
    const steps = oldestOf([...past], { spare: past.size - mostSteps, atOnce: atOnce.steps, rankOf: ({ changes }) => firstSequence(changes) })
    const since = environment.now() - keptDays * day
    const kept = new Set([...archives].filter(([, { until }]) => until >= since).map(([key]) => key).sort().slice(-mostRecords))
    const draft = data.draft()
    for (const key of archives.keys()) if (!kept.has(key)) draft.delete(key)
    if (decisions.length + steps.length > 0) {
      const contents: Contents = {
        decisions: decisions.map(([, decision]) => decision).toReversed(),
        changes: steps.flatMap(([, { changes }]) => changes.map((change) => entryOf(change, 'done'))).toReversed(),
      }
      const until = Math.max(...decisions.map(([, { time }]) => time), ...steps.map(([, step]) => timeOfStep(step)))
      const plain = JSON.stringify(contents)
      const record: ArchiveRecord = compression === null ? { until, packing: 'none', text: plain } : { until, packing: 'gzip', text: await compression.pack(plain) }
      // A change that came late to its step meanwhile stays with it.
      if (decisions.some(([key, decision]) => history.get(key) !== decision) || steps.some(([groupId, step]) => past.get(groupId) !== step)) return
      draft.put(keys.archive(until, environment.newId()), record)
      for (const [key] of decisions) draft.delete(key)
      for (const [groupId] of steps) draft.delete(keys.past(groupId))
    }
    const write = draft.write()
    if (write.puts.length + write.deletes.length > 0) await data.commit(write)
  }
}

const timeOfStep = ({ changes }: PastRecord): number => Math.max(...changes.map(({ time }) => time))

/** The `spare` oldest, where they are enough to be worth it; oldest first. */
function oldestOf<Some>(all: readonly (readonly [key: string, value: Some])[], { spare, atOnce: least, rankOf }: { readonly spare: number; readonly atOnce: number; readonly rankOf: (value: Some) => number }): (readonly [key: string, value: Some])[] {
  return spare < least ? [] : all.toSorted(([, a], [, b]) => rankOf(a) - rankOf(b)).slice(0, spare)
}

async function contentsOf({ packing, text }: ArchiveRecord, compression: Compression | null): Promise<Contents> {
  if (packing === 'none') return JSON.parse(text) as Contents
  if (compression === null) throw new Error('What is compressed cannot be read here.')
  return JSON.parse(await compression.unpack(text)) as Contents
}
