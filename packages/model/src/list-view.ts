import { groupByCategory } from './categories.ts'
import type { Item } from './item.ts'
import type { Person } from './person.ts'

/** What of a list is shown, and how. */
export interface ListView {
  readonly search: string
  /** Only what is still to be packed. */
  readonly toPack: boolean
  readonly by: 'category' | 'person'
}

export const wholeList: ListView = { search: '', toPack: false, by: 'category' }

/** `key` null: items without a category, or for everybody. */
export interface ItemGroup {
  readonly key: string | null
  readonly items: readonly Item[]
}

/** What is to be shown, in groups; people in their order, what is for everybody first. */
export function groupItems(items: readonly Item[], people: readonly Person[], view: ListView): ItemGroup[] {
  const shown = items.filter((item) => isShown(item, view))
  if (view.by === 'category') return groupByCategory(shown).map(({ category, items: grouped }) => ({ key: category, items: grouped }))
  const known = new Set(people.map(({ id }) => id))
  const ofPerson = (id: string | null) => shown.filter(({ personId }) => (personId !== null && known.has(personId) ? personId : null) === id)
  return [null, ...people.map(({ id }) => id)]
    .map((key) => ({ key, items: groupByCategory(ofPerson(key)).flatMap((group) => group.items) }))
    .filter((group) => group.items.length > 0)
}

function isShown({ name, notes, category, packed }: Item, { search, toPack }: ListView): boolean {
  if (toPack && packed) return false
  const words = search.toLocaleLowerCase().split(/\s+/)
  const text = [name, notes, category].join(' ').toLocaleLowerCase()
  return words.every((word) => text.includes(word))
}
