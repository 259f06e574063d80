/**
 * Leaves out steps, many at a time and then one by one, as long as it still fails. What is left fails, and without any
 * one of its steps it would not.
 */
export async function shortened<Step>(steps: readonly Step[], fails: (steps: readonly Step[]) => Promise<boolean>): Promise<readonly Step[]> {
  let left = steps
  let size = Math.ceil(left.length / 2)
  while (size >= 1) {
    const before = left.length
    for (let place = 0; place < left.length; ) {
      const fewer = [...left.slice(0, place), ...left.slice(place + size)]
      if (await fails(fewer)) left = fewer
      else place += size
    }
    // A step may have become needless by what went after it.
    if (size > 1) size = Math.ceil(size / 2)
    else if (left.length === before) return left
  }
  return left
}
