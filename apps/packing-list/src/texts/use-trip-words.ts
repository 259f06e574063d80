import type { Progress, Trip } from '@stowaway/model'
import { progressInWords, whereAndWhen } from './trip-words.ts'
import { useLanguage, useTexts } from './texts.ts'

/** How a trip is told in the language that was chosen. */
export function useTripWords() {
  const [texts, language] = [useTexts(), useLanguage()]
  return {
    whereAndWhen: (trip: Trip): string => whereAndWhen(trip, { texts, language }) || texts.noDates,
    progress: (progress: Progress): string => progressInWords(progress, texts),
  }
}
