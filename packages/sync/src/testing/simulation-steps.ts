import { seededRandom } from './seeded-random.ts'

/** One thing that happens. What it is in detail comes from its seed, so that leaving out other steps does not change it much. */
export interface SimulationStep {
  readonly kind: StepKind
  readonly device: number
  readonly seed: number
  /** Milliseconds until the next step. */
  readonly pause: number
}

export type StepKind = keyof typeof shares

/** How often each kind comes, of the sum of all. */
const shares = {
  edit: 60, unit: 6, undo: 6, hold: 2, resync: 2, damage: 2, crash: 4, tab: 6, freeze: 4, offline: 4, online: 6, clock: 3, token: 3, 'sign-in': 2, disk: 3, weather: 3, decide: 8, line: 3, focus: 3,
  members: 4, sql: 3, replica: 3, backup: 2, restore: 1,
}
const kinds = Object.entries(shares).flatMap(([kind, share]) => Array.from({ length: share }, () => kind as StepKind))

/** The steps of a seed, 20 to 80 of them. */
export function stepsOf(seed: number): SimulationStep[] {
  const random = seededRandom(seed)
  return Array.from({ length: 20 + random.below(60) }, () => ({
    kind: random.pick(kinds)!,
    device: random.below(12),
    seed: random.below(2 ** 31),
    pause: random.chance(0.5) ? random.below(100) : random.chance(0.8) ? random.below(3_000) : random.below(60_000),
  }))
}
