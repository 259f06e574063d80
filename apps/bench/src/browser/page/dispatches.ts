import { itemChanged, itemsChanged, type BareStore } from '../../store.ts'

/** How items get another quantity in a store. */
export type Dispatch = (store: Pick<BareStore, 'dispatch'>, ids: readonly string[], quantity: number) => void

export const together: Dispatch = ({ dispatch }, ids, quantity) => void dispatch(ids.length === 1 ? itemChanged(ids[0]!, quantity) : itemsChanged(ids, quantity))

/** An action for each, and each time another quantity. */
export const singly: Dispatch = ({ dispatch }, ids, quantity) => {
  for (const [index, id] of ids.entries()) dispatch(itemChanged(id, quantity + index))
}
