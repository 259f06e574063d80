import { useState, type ReactNode } from 'react'
import type { LoggedEvent } from '../engine/event-log.ts'

/** Events that somebody who looks for trouble wants to see. */
const troubles: ReadonlySet<LoggedEvent['type']> = new Set<LoggedEvent['type']>(['failed', 'storageFailed', 'changeRefused', 'runaway', 'setAside', 'healthChanged', 'collectionsHeld'])

/** What happened, the newest first; all of it, or what went wrong. */
export function Timeline({ events }: { readonly events: readonly LoggedEvent[] }): ReactNode {
  const [level, setLevel] = useState<'all' | 'troubles'>('all')
  const shown = events.filter(({ type }) => level === 'all' || troubles.has(type)).toReversed()
  return (
    <section aria-label="Events">
      <label>
        {'Show '}
        <select value={level} onChange={(event) => setLevel(event.target.value === 'all' ? 'all' : 'troubles')}>
          <option value="all">all events</option>
          <option value="troubles">troubles only</option>
        </select>
      </label>
      <ol>
        {shown.map((event, place) => (
          <li key={`${event.time} ${shown.length - place}`}>
            <time dateTime={new Date(event.time).toISOString()}>{new Date(event.time).toISOString().slice(11, 23)}</time>
            {` ${event.type} `}
            <small>{Object.entries(event.details).map(([name, value]) => `${name} ${String(value)}`).join(', ')}</small>
          </li>
        ))}
      </ol>
    </section>
  )
}
