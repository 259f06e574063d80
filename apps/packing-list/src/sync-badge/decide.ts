import { SyncError } from '@stowaway/sync'
import { createContext, useContext } from 'react'

/** Why a decision was not carried out; nothing was changed by it. */
export type Undecided = 'gone' | 'bad-value' | 'failed'

/** Somebody may have decided it in another tab meanwhile, or a typed value may be one that the thing cannot have. */
export function undecidedBy(error: unknown): Undecided {
  if (!(error instanceof SyncError)) return 'failed'
  if (error.code === 'not-found') return 'gone'
  return error.code === 'invalid-change' || error.code === 'bad-change' ? 'bad-value' : 'failed'
}

/** Given what a decision came to, the panel says so where it could not be carried out. */
export const DecideContext = createContext<(decided: Promise<void>) => void>(() => {})

export const useDecide = (): ((decided: Promise<void>) => void) => useContext(DecideContext)
