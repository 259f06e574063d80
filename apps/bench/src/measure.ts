/** One way of doing a piece of work; each call does it once more and resolves with what it cost. */
export type Variant<Figure> = (round: number) => Promise<Figure>

/** Rounds without and then with a record. */
export interface Rounds {
  readonly warmUp: number
  readonly measured: number
}

/**
 * Runs the variants by turns (A B C A B C …): what else the machine does, and what the compiler has learned by then,
 * hits all of them alike. Resolves with each variant's figures, round by round.
 */
export async function interleave<Name extends string, Figure>(
  variants: Readonly<Record<Name, Variant<Figure>>>,
  { warmUp, measured }: Rounds,
): Promise<Readonly<Record<Name, readonly Figure[]>>> {
  const names = Object.keys(variants) as Name[]
  const figures = Object.fromEntries(names.map((name): [Name, Figure[]] => [name, []])) as Record<Name, Figure[]>
  for (let round = 1; round <= warmUp + measured; round += 1) {
    for (const name of names) {
      const figure = await variants[name](round)
      if (round > warmUp) figures[name].push(figure)
    }
  }
  return figures
}

/** Milliseconds that the work held up its caller. What it left for later is not in it: an `await` here would let that run first. */
export function timed(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

/** Milliseconds until the work's promise resolved. */
export async function timedToEnd(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** The rest of the last piece of work is done when this resolves; it must not be charged to the next. */
export const nextTick = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** Two variants side by side. Both lists are of the same rounds. */
export interface Ratio {
  readonly ours: number
  readonly reference: number
  /** The median of the rounds' own ratios: a load that comes and goes cancels out, which it does not between two medians. */
  readonly ratio: number
  /** The first and the third quartile of the rounds' ratios: the noise. */
  readonly spread: readonly [low: number, high: number]
}

export function compare(ours: readonly number[], reference: readonly number[]): Ratio {
  const ratios = ours.map((figure, round) => figure / reference[round]!)
  return {
    ours: quantile(ours, 0.5),
    reference: quantile(reference, 0.5),
    ratio: quantile(ratios, 0.5),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  }
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)]!
  const above = sorted[Math.ceil(place)]!
  return below + (above - below) * (place - Math.floor(place))
}
