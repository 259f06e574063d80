import type { ReactNode } from 'react'
import type { Diagnostics } from '../engine/diagnostics.ts'
import type { LoggedEvent } from '../engine/event-log.ts'
import { Actions } from './actions.tsx'
import type { InspectedSync } from './inspected-sync.ts'
import { Sparkline } from './sparkline.tsx'
import { Timeline } from './timeline.tsx'
import { useDiagnostics } from './use-diagnostics.ts'

/**
 * What sync is doing, for developers: the queue, the batch on its way, cursors, decisions that wait, and what happened; with
 * buttons that make happen what is hard to wait for. It needs nothing but a `Sync`, and shows no value that a user has written.
 *
 * @example
 * const SyncInspector = lazy(() => import('@stowaway/sync/inspector'))
 * return <Suspense><SyncInspector sync={sync} /></Suspense>
 */
export default function SyncInspector({ sync }: { readonly sync: InspectedSync }): ReactNode {
  const diagnostics = useDiagnostics(sync)
  if (diagnostics === null) return <p>Nobody is signed in, so nothing is synced.</p>
  return (
    <div style={{ font: '13px/1.5 ui-monospace, monospace', overflowWrap: 'anywhere' }}>
      <Actions sync={sync} diagnostics={diagnostics} />
      <State diagnostics={diagnostics} />
      <Charts diagnostics={diagnostics} />
      <Queue diagnostics={diagnostics} />
      <Scopes sync={sync} diagnostics={diagnostics} />
      <Timeline events={diagnostics.events} />
    </div>
  )
}

interface Part {
  readonly diagnostics: Diagnostics
}

function State({ diagnostics: { state, user, device, epoch } }: Part): ReactNode {
  const facts = { phase: [state.phase, ...state.paused].join(' '), health: state.health, pending: state.pending, 'last error': state.lastError?.code ?? 'none', user, device: device ?? 'none', epoch: epoch ?? 'none' }
  return (
    <dl aria-label="State" style={{ display: 'grid', gridTemplateColumns: 'max-content 1fr', columnGap: 12, margin: '8px 0' }}>
      {Object.entries(facts).map(([name, value]) => (
        <Fact key={name} name={name} value={String(value)} />
      ))}
    </dl>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd style={{ margin: 0 }}>{value}</dd>
    </>
  )
}

/** Of the requests that are still in the log. */
function Charts({ diagnostics: { events } }: Part): ReactNode {
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: 16 }}>
      <Sparkline label="push" values={figures(events, 'pushed', 'milliseconds')} unit="ms" />
      <Sparkline label="pull" values={figures(events, 'pulled', 'milliseconds')} unit="ms" />
      <Sparkline label="queue" values={figures(events, 'outboxChanged', 'pending')} unit="changes" />
    </div>
  )
}

function figures(events: Diagnostics['events'], type: LoggedEvent['type'], name: string): number[] {
  return events.flatMap((event) => (event.type === type ? [Number(event.details[name] ?? 0)] : []))
}

function Queue({ diagnostics: { collections, batch, conflicts, rejected } }: Part): ReactNode {
  return (
    <section aria-label="Queue">
      <ul>
        {collections.map(({ name, pending, rows, priority, held }) => (
          <li key={name}>{`${name}: ${pending} waiting, ${rows} rows, ${priority}${held ? ', held' : ''}`}</li>
        ))}
      </ul>
      <p>{`On its way: ${batch.length === 0 ? 'nothing' : batch.map(({ kind, collection, id }) => `${kind} ${collection}/${id}`).join(', ')}`}</p>
      {conflicts.map(({ conflictId, kind, collection, id, fields }) => (
        <p key={conflictId}>{`Conflict: ${kind} of ${collection}/${id}, ${fields.join(', ')}`}</p>
      ))}
      {rejected.map(({ rejectedId, code, collection, id }) => (
        <p key={rejectedId}>{`Refused: ${code} for ${collection}/${id}`}</p>
      ))}
    </section>
  )
}

function Scopes({ sync, diagnostics: { scopes } }: Part & { readonly sync: InspectedSync }): ReactNode {
  return (
    <ul aria-label="Scopes">
      {scopes.map(({ scope, cursor, rows }) => (
        <li key={scope}>
          {`${scope}: ${rows} rows, cursor ${cursor} `}
          <button onClick={() => void sync.resync(scope)}>Fetch anew</button>
        </li>
      ))}
    </ul>
  )
}
