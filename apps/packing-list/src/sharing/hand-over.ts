import type { TripMember } from '@stowaway/model'
import type { AppThunk } from '../store.ts'
import { sync } from '../sync.ts'
import { memberChanged } from './members-slice.ts'

/** Makes somebody else the owner of a trip. In one step: at no time has it none, or two by half a hand-over. */
export const handOver = (owner: TripMember, next: TripMember): AppThunk => (dispatch) =>
  sync.atomically(() => {
    dispatch(memberChanged({ id: next.id, changes: { role: 'owner' } }))
    dispatch(memberChanged({ id: owner.id, changes: { role: 'editor' } }))
  })
