/** How far a list is: entries, not pieces, so that ten socks weigh as much as one passport. */
export interface Progress {
  readonly packed: number
  readonly total: number
}

export function progressOf(items: readonly { readonly packed: boolean }[]): Progress {
  return { packed: items.filter((item) => item.packed).length, total: items.length }
}
