/** `pnpm test:soak` takes the long form of each test here, `npm test` the short one, which shows the same in less depth. */
const long = process.env['SOAK'] === '1'

export function sized(sizes: { short: number; long: number }): number {
  return long ? sizes.long : sizes.short
}

/** In milliseconds. A limit for what hangs; no test asserts a time. */
export const patience: number = sized({ short: 120_000, long: 1_800_000 })

/** Figures are printed, never asserted: machines differ. */
export function report(line: string): void {
  process.stdout.write(`    ${line}\n`)
}

/** mulberry32: what the writers choose can be told again; in which order they are served cannot. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}
