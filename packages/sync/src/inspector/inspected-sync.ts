import type { Disturbance } from '../engine/disturbances.ts'
import type { Diagnostics } from '../engine/diagnostics.ts'

/** What the inspector needs of a `Sync`, which `createSync` gives. */
export interface InspectedSync {
  readonly subscribe: (listener: () => void) => () => void
  readonly exportDiagnostics: () => Diagnostics | null
  readonly now: () => void
  readonly pause: () => void
  readonly resume: () => void
  readonly resync: (scope?: string) => Promise<void>
  readonly disturb: (disturbance: Disturbance) => void
}
