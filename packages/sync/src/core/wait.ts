/** A wait, on a clock that may be set while it lasts. Times are milliseconds since 1970. */
export interface Wait {
  readonly from: number
  readonly until: number
}

/** Over, wherever the clock stands. */
export const noWait: Wait = { from: 0, until: 0 }

export const waitFrom = (from: number, milliseconds: number): Wait => ({ from, until: from + milliseconds })

/** When it is over. A time before it began is of a clock that has been set back: how long it lasted is not known, so it is over. */
export const endOf = ({ from, until }: Wait, now: number): number => (now < from ? now : until)
