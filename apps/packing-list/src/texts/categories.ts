import type { Texts } from './texts.ts'

type Names = Pick<Texts, 'categoryNames'>

/** The usual categories are kept by their English names, so that people of several languages share them. */
export const categoryInWords = (category: string, { categoryNames }: Names): string => categoryNames[category] ?? category

/** What is kept for a category that a person entered. */
export const categoryOf = (words: string | null, { categoryNames }: Names): string | null =>
  Object.keys(categoryNames).find((category) => categoryNames[category]?.localeCompare(words ?? '', undefined, { sensitivity: 'base' }) === 0) ?? words
