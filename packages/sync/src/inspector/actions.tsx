import type { ReactNode } from 'react'
import type { Diagnostics } from '../engine/diagnostics.ts'
import type { InspectedSync } from './inspected-sync.ts'

interface ActionsProps {
  readonly sync: InspectedSync
  readonly diagnostics: Diagnostics
}

/** Makes happen what is hard to wait for. */
export function Actions({ sync, diagnostics }: ActionsProps): ReactNode {
  const isPaused = diagnostics.state.paused.includes('user')
  return (
    <p>
      <button onClick={sync.now}>Sync now</button>
      <button onClick={isPaused ? sync.resume : sync.pause}>{isPaused ? 'Go online' : 'Go offline'}</button>
      <button onClick={() => sync.disturb('drop-answer')}>Drop next answer</button>
      <button onClick={() => sync.disturb('expire-token')}>Expire the token</button>
      <button onClick={() => void sync.resync()}>Fetch all anew</button>
      <button onClick={() => save(diagnostics)}>Export diagnostics</button>
    </p>
  )
}

function save(diagnostics: Diagnostics): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([JSON.stringify(diagnostics, null, 2)], { type: 'application/json' }))
  link.download = 'sync-diagnostics.json'
  link.click()
  URL.revokeObjectURL(link.href)
}
