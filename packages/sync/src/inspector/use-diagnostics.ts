import { useEffect, useState } from 'react'
import type { Diagnostics } from '../engine/diagnostics.ts'
import type { InspectedSync } from './inspected-sync.ts'

/** Milliseconds between two looks: diagnostics count rows, and events can come by the hundred. */
const every = 250

/** The diagnostics as they are now; `null`: nobody is signed in. */
export function useDiagnostics(sync: InspectedSync): Diagnostics | null {
  const [diagnostics, setDiagnostics] = useState(sync.exportDiagnostics)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      timer = undefined
      setDiagnostics(sync.exportDiagnostics())
    }
    const end = sync.subscribe(() => {
      timer ??= setTimeout(look, every)
    })
    return () => {
      end()
      clearTimeout(timer)
    }
  }, [sync])
  return diagnostics
}
