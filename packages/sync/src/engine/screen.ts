import type { Collections } from '../core/collection.ts'
import type { SetAside, SyncEvent } from '../core/events.ts'
import type { Fields } from '../core/json.ts'
import { entityKey } from '../core/plan.ts'
import type { EntityRef } from '../core/types.ts'
import type { Replica } from './replica.ts'

/** One entity as it is to be seen; `null`: not at all. */
export interface EntityView extends EntityRef {
  readonly fields: Fields | null
}

export interface ScreenParts {
  readonly collections: Collections
  readonly replica: Replica
  readonly show: (views: readonly EntityView[]) => void
  readonly emit: (event: SyncEvent) => void
}

/** What the app is shown. A row that its schema refuses is kept and not shown; it is looked at again at every start [A4]. */
export class Screen {
  readonly #parts: ScreenParts
  readonly #invalid = new Map<string, SetAside>()

  constructor(parts: ScreenParts) {
    this.#parts = parts
  }

  show(entities: Iterable<EntityRef>): void {
    const { replica, show } = this.#parts
    let news = false
    const views = [...entities].map((ref): EntityView => {
      const fields = replica.view(ref)
      const issues = fields === null ? [] : this.#issues(ref, fields)
      news = this.#note(ref, issues) || news
      return { ...ref, fields: issues.length > 0 ? null : fields }
    })
    if (views.length > 0) show(views)
    if (news) this.tellSetAside()
  }

  /** Everything that cannot be used: records of this device, and rows. */
  tellSetAside(): void {
    const { replica, emit } = this.#parts
    const records = [...replica.asides.values()].map(({ key, reason }): SetAside => ({ what: 'record', name: key, reason }))
    emit({ type: 'setAside', items: [...records, ...this.#invalid.values()] })
  }

  /** A rule or a codec that throws is an issue like any other: one row must not keep the others from being shown. */
  #issues({ collection, id }: EntityRef, fields: Fields): readonly string[] {
    const rule = this.#parts.collections.get(collection)
    if (rule === undefined || rule.validate === null) return []
    try {
      const verdict = rule.validate(rule.toEntity(id, fields))
      return 'issues' in verdict ? verdict.issues : []
    } catch (error) {
      return [String(error)]
    }
  }

  /** True when that is news. */
  #note({ collection, id }: EntityRef, issues: readonly string[]): boolean {
    if (issues.length === 0 && this.#invalid.size === 0) return false
    const key = entityKey(collection, id)
    if (issues.length === 0) return this.#invalid.delete(key)
    const reason = issues.join('; ')
    if (this.#invalid.get(key)?.reason === reason) return false
    this.#invalid.set(key, { what: 'row', name: `${collection}/${id}`, reason })
    return true
  }
}
