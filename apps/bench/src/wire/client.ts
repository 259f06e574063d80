import type { Step } from './steps.ts'
import type { Traveller } from './traveller.ts'

/** One who writes and reads items, by whatever library. */
export interface Client {
  /** What is edited from now on waits on the device, and nothing is fetched. */
  readonly goOffline: () => void
  /** Resolves when the edits are as safe on the device as the library makes them. */
  readonly edit: (steps: readonly Step[]) => Promise<void>
  /** Goes online, and resolves when the server has confirmed everything. */
  readonly push: () => Promise<void>
  /** Goes online, and resolves when so many items on the device have this quantity. */
  readonly pull: (items: number, quantity: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** Opens a client that holds nothing yet; resolves when it holds so many items. */
export type OpenClient = (traveller: Traveller, items: number) => Promise<Client>
