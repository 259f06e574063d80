import type { SeededRandom } from './seeded-random.ts'
import type { SimulatedClock } from './simulated-clock.ts'
import type { SimulatedDevice } from './simulated-device.ts'

export interface SimulatedPokesParts {
  readonly clock: SimulatedClock
  readonly random: SeededRandom
}

/** Hints, which may be late or never come. */
export class SimulatedPokes {
  readonly #parts: SimulatedPokesParts
  /** By device and scope: the highest number of a poke that never came, where none of a higher one did. */
  readonly #dropped = new Map<SimulatedDevice, Map<string, number>>()

  constructor(parts: SimulatedPokesParts) {
    this.#parts = parts
  }

  poke(devices: readonly SimulatedDevice[], { scope, number }: { readonly scope: string; readonly number: number }): void {
    const { clock, random } = this.#parts
    for (const device of devices) {
      const dropped = this.#dropped.get(device) ?? new Map<string, number>()
      this.#dropped.set(device, dropped)
      if (random.chance(0.6)) {
        clock.setTimer(() => device.poke(scope, number), random.below(2_000))
        if (number >= (dropped.get(scope) ?? 0)) dropped.delete(scope)
      } else dropped.set(scope, Math.max(number, dropped.get(scope) ?? 0))
    }
  }

  /** It listens to pokes, and one of them never came: what that was about it may know by its next poll only, and polls are rare then [PL2]. */
  isLeftToPolls(device: SimulatedDevice): boolean {
    return device.tabs.some(({ isJoined }) => isJoined) && (this.#dropped.get(device)?.size ?? 0) > 0
  }
}
