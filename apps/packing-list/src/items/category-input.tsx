import { Autocomplete, type AutocompleteProps } from '@mantine/core'
import { suggestedCategories } from '@stowaway/model'
import { shallowEqual } from 'react-redux'
import { useAppSelector } from '../store.ts'
import { categoryInWords } from '../texts/categories.ts'
import { useTexts } from '../texts/texts.ts'
import { selectCategories } from './items-selectors.ts'

/** Suggests the usual categories and those of the trip; any other text is good as well. */
export function CategoryInput({ tripId, ...props }: AutocompleteProps & { readonly tripId: string }) {
  const used = useAppSelector((state) => selectCategories(state, tripId), shallowEqual)
  const texts = useTexts()
  const suggestions = new Set([...suggestedCategories, ...used.filter((category) => category !== null)])
  return <Autocomplete size="md" maxLength={100} data={[...suggestions].map((category) => categoryInWords(category, texts))} {...props} />
}
