import { dismissalOf, newItem, type Item, type NewItem } from '@stowaway/model'
import { itemsSlice } from '../entities.ts'
import { useSay } from '../layout/toast.tsx'
import { useAppDispatch } from '../store.ts'
import type { Texts } from '../texts/texts.ts'

/** At the end of its category. */
export const addItem = (item: Omit<NewItem, 'id' | 'position'>) => itemsSlice.added(newItem({ ...item, id: crypto.randomUUID(), position: Date.now() }))

/** Takes an item off the list, says so, and offers to put it back as it was: a finger slips easily. */
export function useRemoveItem(texts: Texts): (item: Item) => void {
  const [say, dispatch] = [useSay(), useAppDispatch()]
  return (item) => {
    const dismissal = dismissalOf(item)
    dispatch(dismissal === null ? itemsSlice.removed(item.id) : itemsSlice.changed(item.id, dismissal))
    say({ text: texts.removed(item.name), action: { label: texts.putBack, run: () => dispatch(itemsSlice.set(item)) } })
  }
}
