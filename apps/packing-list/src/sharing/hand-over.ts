import type { TripMember } from '@stowaway/model'
import { membersSlice } from '../entities.ts'
import type { AppThunk } from '../store.ts'
import { sync } from '../sync.ts'

/** Makes somebody else the owner of a trip. In one step: at no time has it none, or two by half a hand-over. */
export const handOver = (owner: TripMember, next: TripMember): AppThunk => (dispatch) =>
  sync.atomically(() => {
    dispatch(membersSlice.changed(next.id, { role: 'owner' }))
    dispatch(membersSlice.changed(owner.id, { role: 'editor' }))
  })
