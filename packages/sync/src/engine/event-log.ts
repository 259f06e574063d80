import type { SyncEvent } from '../core/events.ts'

/** An event as it is kept for diagnostics: when, what, and figures; nothing that a user has written. */
export interface LoggedEvent {
  readonly time: number
  readonly type: SyncEvent['type']
  readonly details: Readonly<Record<string, string | number | boolean>>
}

/** Events that are kept, the newest last. */
const mostEvents = 200

export class EventLog {
  readonly #events: LoggedEvent[] = []

  add(event: SyncEvent, time: number): void {
    if (this.#events.length === mostEvents) this.#events.shift()
    this.#events.push({ time, type: event.type, details: detailsOf(event) })
  }

  get events(): readonly LoggedEvent[] {
    return [...this.#events]
  }
}

/** Lists become their lengths, and of an error stays what it is classified by: texts and values may be private. */
function detailsOf(event: SyncEvent): LoggedEvent['details'] {
  const details: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(event)) {
    if (name === 'type') continue
    if (Array.isArray(value)) details[name] = value.length
    else if (name === 'error') Object.assign(details, pickError(value as { kind: string; code: string }))
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') details[name] = value
  }
  return details
}

const pickError = ({ kind, code }: { readonly kind: string; readonly code: string }) => ({ kind, code })
