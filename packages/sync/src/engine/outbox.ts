import { entityKey } from '../core/plan.ts'
import type { Change, EntityRef, RecordedChange } from '../core/types.ts'

/**
 * The pending changes in memory. Those not yet durable are in it too, at the end: the view shows them already.
 */
export class Outbox {
  readonly #recorded = new Map<number, RecordedChange>()
  readonly #byEntity = new Map<string, RecordedChange[]>()
  readonly #recording = new Map<string, Change[]>()
  #recordingCount = 0
  /** Counts the durable changes that came and went: the same number, the same changes. */
  version = 0

  get size(): number {
    return this.#recorded.size + this.#recordingCount
  }

  *entities(): Generator<EntityRef> {
    for (const changes of [...this.#byEntity.values(), ...this.#recording.values()]) yield* changes.slice(0, 1)
  }

  /** The changes of one entity, oldest first. */
  of(key: string): readonly Change[] {
    const recorded = this.#byEntity.get(key) ?? []
    const recording = this.#recording.get(key)
    return recording === undefined ? recorded : [...recorded, ...recording]
  }

  recordedOf(key: string): readonly RecordedChange[] {
    return this.#byEntity.get(key) ?? []
  }

  /** The durable changes, grouped by entity. */
  byEntity(): IterableIterator<readonly RecordedChange[]> {
    return this.#byEntity.values()
  }

  /** When the change that has been durable longest was made; `null`: none is. */
  oldestTime(): number | null {
    return this.#recorded.values().next().value?.time ?? null
  }

  get(sequence: number): RecordedChange | undefined {
    return this.#recorded.get(sequence)
  }

  /** Adds a durable change; one with a known sequence takes the old one's place (a resolution does that). */
  add(change: RecordedChange): void {
    this.#drop(change.sequence)
    this.version += 1
    this.#recorded.set(change.sequence, change)
    const key = entityKey(change.collection, change.id)
    const changes = this.#byEntity.get(key)
    if (changes === undefined) this.#byEntity.set(key, [change])
    // Not in place: a list that was handed out may be on its way to the storage.
    else this.#byEntity.set(key, changes.toSpliced(changes.findLastIndex(({ sequence }) => sequence < change.sequence) + 1, 0, change))
  }

  remove(sequence: number): RecordedChange | undefined {
    return this.#drop(sequence)
  }

  beginRecording(change: Change): void {
    const key = entityKey(change.collection, change.id)
    const changes = this.#recording.get(key)
    if (changes === undefined) this.#recording.set(key, [change])
    else changes.push(change)
    this.#recordingCount += 1
  }

  endRecording(change: Change): void {
    const key = entityKey(change.collection, change.id)
    const left = (this.#recording.get(key) ?? []).filter((other) => other !== change)
    if (left.length > 0) this.#recording.set(key, left)
    else this.#recording.delete(key)
    this.#recordingCount -= 1
  }

  #drop(sequence: number): RecordedChange | undefined {
    const change = this.#recorded.get(sequence)
    if (change === undefined) return undefined
    this.#recorded.delete(sequence)
    this.version += 1
    const key = entityKey(change.collection, change.id)
    const left = (this.#byEntity.get(key) ?? []).filter((other) => other.sequence !== sequence)
    if (left.length > 0) this.#byEntity.set(key, left)
    else this.#byEntity.delete(key)
    return change
  }
}
