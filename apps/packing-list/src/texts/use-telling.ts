import { useState } from 'react'
import { useAppSelector } from '../store.ts'
import { useLanguage, useTexts } from './texts.ts'
import type { Telling } from './telling.ts'
import { agoInWords } from './times.ts'

/** A sentence about what is on screen, in the language that was chosen; the component is drawn again when the sentence changes. */
export function useTold(tell: (telling: Telling) => string): string {
  const texts = useTexts()
  return useAppSelector((state) => tell({ state, texts }))
}

/** Tells times, milliseconds since 1970, as of when the component appeared: "2 minutes ago". */
export function useAgo(): (time: number) => string {
  const language = useLanguage()
  const [now] = useState(Date.now)
  return (time) => agoInWords(time, language, now)
}
