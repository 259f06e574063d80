/** A device's clock by which edits come as slowly as a person makes them: faster ones would be held back and joined [A5]. */
export interface UserClock {
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Lets the time pass that lies between two edits; it is not waited for. */
  readonly beforeEdit: () => void
}

export function userClock(): UserClock {
  let passed = 0
  return { now: () => Date.now() + passed, beforeEdit: () => void (passed += 20) }
}
