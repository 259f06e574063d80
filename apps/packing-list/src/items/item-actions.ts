import type { UnknownAction } from '@reduxjs/toolkit'
import { dismissalOf, newItem, type Item, type NewItem } from '@stowaway/model'
import { itemsSlice } from '../entities.ts'

/** At the end of its category. */
export const addItem = (item: Omit<NewItem, 'id' | 'position'>): UnknownAction => itemsSlice.added(newItem({ ...item, id: crypto.randomUUID(), position: Date.now() }))

export function removeItem(item: Item): UnknownAction {
  const dismissal = dismissalOf(item)
  return dismissal === null ? itemsSlice.removed(item.id) : itemsSlice.changed(item.id, dismissal)
}
