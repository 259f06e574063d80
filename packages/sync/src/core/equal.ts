/** Whether two values that JSON can carry are the same, whatever their keys are called. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    for (let index = 0; index < a.length; index += 1) if (!equal(a[index], b[index])) return false
    return true
  }
  if (Array.isArray(b)) return false
  const [one, other] = [a as Members, b as Members]
  let left = Object.keys(b).length
  for (const name in one) {
    if (!Object.hasOwn(other, name) || !equal(one[name], other[name])) return false
    left -= 1
  }
  return left === 0
}

type Members = Readonly<Record<string, unknown>>
