import { settleByTurns } from './simulated-clock.ts'
import { simulatedServer, type SimulatedServer, type SimulatedServerParts } from './simulated-server.ts'

/** Where a simulation takes place. */
export interface SimulatedWorld {
  readonly users: readonly [string, string, string]
  /** A fresh id for the `count`th thing of the `device`th device. */
  readonly newId: (thing: { readonly prefix: string; readonly device: number; readonly count: number }) => string
  readonly openServer: (parts: SimulatedServerParts) => SimulatedServer | Promise<SimulatedServer>
  /** Resolves when everything has happened that can happen without time passing. */
  readonly settle: () => Promise<void>
}

export const inMemory: SimulatedWorld = {
  users: ['ann', 'ben', 'cleo'],
  newId: ({ prefix, device, count }) => `${prefix}-d${device}-${count}`,
  openServer: simulatedServer,
  settle: settleByTurns,
}
