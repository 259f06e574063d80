import type { Progress, Trip } from '@stowaway/model'
import { progressInWords, whereAndWhen } from './trip-words.ts'
import { useLocale, useTexts } from './texts.ts'

/** How a trip is told in the language that was chosen. */
export function useTripWords() {
  const [texts, locale] = [useTexts(), useLocale()]
  return {
    whereAndWhen: (trip: Trip): string => whereAndWhen(trip, { texts, locale }) || texts.noDates,
    progress: (progress: Progress): string => progressInWords(progress, texts),
  }
}
