import type { Item } from './item.ts'

/** Offered while typing, and the order in which categories are shown. Any other text is a category as well. */
export const suggestedCategories: readonly string[] = [
  'Documents',
  'Clothes',
  'Toiletries',
  'Medicine',
  'Electronics',
  'Food',
  'Gear',
  'Fun',
]

/** The items of one category; `null`: those without. */
export interface CategoryGroup {
  readonly category: string | null
  readonly items: readonly Item[]
}

/**
 * Suggested categories first and in their order, then the user's own by name, then the items without one.
 * The order does not depend on which item came first, so an arriving item never moves a whole category.
 */
export function groupByCategory(items: readonly Item[]): CategoryGroup[] {
  const inOrder = items.toSorted(byPosition)
  const categories = [...new Set(items.map((item) => item.category))]
  return categories
    .sort((a, b) => rank(a) - rank(b) || (a ?? '').localeCompare(b ?? ''))
    .map((category) => ({ category, items: inOrder.filter((item) => item.category === category) }))
}

function rank(category: string | null): number {
  if (category === null) return suggestedCategories.length + 1
  const index = suggestedCategories.indexOf(category)
  return index === -1 ? suggestedCategories.length : index
}

/** Devices that add at the same moment take the same position: the id makes the order the same for all. */
function byPosition(a: Item, b: Item): number {
  return a.position - b.position || (a.id < b.id ? -1 : 1)
}
