import type { Op } from './types.ts'

/** The first ops of a batch, at most so many; a unit is never cut, and goes whole where it is first [A7]. */
export function firstRequest(ops: readonly Op[], most: number): readonly Op[] {
  if (most <= 0) return []
  if (ops.length <= most) return ops
  let end = most
  while (end > 0 && isWithinUnit(ops, end)) end -= 1
  if (end > 0) return ops.slice(0, end)
  end = most
  while (end < ops.length && isWithinUnit(ops, end)) end += 1
  return ops.slice(0, end)
}

const isWithinUnit = (ops: readonly Op[], place: number): boolean => {
  const unit = ops[place]?.unit
  return unit !== undefined && unit !== null && ops[place - 1]?.unit === unit
}
