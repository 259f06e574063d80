/** How the latest changes of a collection were answered, oldest first; true: refused. */
export type Outcomes = readonly boolean[]

export const noOutcomes: Outcomes = []

/** Only the latest count: what was refused last week says nothing of today. */
const most = 50
/** Fewer say nothing either. */
const fewest = 20
const highest = 0.1

export function countOutcomes(outcomes: Outcomes, { good, bad }: { readonly good: number; readonly bad: number }): Outcomes {
  const fresh = [...Array.from({ length: good }, () => false), ...Array.from({ length: bad }, () => true)]
  return [...outcomes, ...fresh].slice(-most)
}

/** More than a tenth was refused: something is wrong with the app or with the rights, and more of it would only fill the tray [E6]. */
export const isTooHigh = (outcomes: Outcomes): boolean =>
  outcomes.length >= fewest && outcomes.filter(Boolean).length > outcomes.length * highest
