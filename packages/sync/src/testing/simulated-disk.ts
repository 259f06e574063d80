import { StorageError } from '../core/storage-error.ts'
import type { SealedWrite, Storage } from '../engine/ports.ts'
import type { SeededRandom } from './seeded-random.ts'

/** How a device's disk is. `failing`: most writes fail. `full`: nothing but deletes is done. `absent`: it cannot be opened, which those that have it open do not mind. `tight`: there is room for so many records. */
export type DiskState = { readonly is: 'well' | 'failing' | 'full' | 'absent' } | { readonly is: 'tight'; readonly records: number }

export const wellDisk: DiskState = { is: 'well' }

/** What a disk says that fails. */
export const diskFails = 'The disk fails.'

/** Another state than the one before; well again as often as not. */
export async function nextDiskState(state: DiskState, { disk, random }: { readonly disk: Storage; readonly random: SeededRandom }): Promise<DiskState> {
  if (state.is !== 'well' && random.chance(0.6)) return wellDisk
  const is = random.pick(['failing', 'full', 'full', 'absent', 'tight'] as const)!
  return is === 'tight' ? { is, records: (await disk.readAll()).length + random.below(4) } : { is }
}

/** @throws {Error} The disk does not do this write. */
export async function checkRoom(write: SealedWrite, { disk, state, random }: { readonly disk: Storage; readonly state: DiskState; readonly random: SeededRandom }): Promise<void> {
  const { puts = [], append = [], deletes = [] } = write
  const isDelete = write.uncounted === true && puts.length === 0
  if (state.is === 'failing' && random.chance(0.7)) throw new Error(diskFails)
  if (state.is === 'full' && !isDelete) throw full()
  if (state.is !== 'tight' || isDelete) return
  const held = new Set((await disk.readAll()).map(([key]) => key))
  for (const key of deletes) held.delete(key)
  for (const [key] of puts) held.add(key)
  if (held.size + append.length > state.records) throw full()
}

const full = (): StorageError => new StorageError('full', 'There is no room left.')
