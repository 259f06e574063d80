import { useSyncExternalStore } from 'react'
import { accountEn } from './account-en.ts'
import { accountEs } from './account-es.ts'
import { syncEn } from './sync-en.ts'
import { syncEs } from './sync-es.ts'
import { tripsEn } from './trips-en.ts'
import { tripsEs } from './trips-es.ts'

/** All that the app says, by language. */
const texts = { en: { ...tripsEn, ...syncEn, ...accountEn }, es: { ...tripsEs, ...syncEs, ...accountEs } }

export type Language = keyof typeof texts
export type Texts = (typeof texts)['en']

/** Each by its own name. */
const languages: readonly { readonly code: Language; readonly name: string }[] = [
  { code: 'en', name: 'English' },
  { code: 'es', name: 'Español' },
]

export const otherLanguages = (chosen: Language) => languages.filter(({ code }) => code !== chosen)

const storageKey = 'language'
const listeners = new Set<() => void>()

const isLanguage = (word: string | null): word is Language => word !== null && word in texts

/** The one that was chosen here, else the browser's first that there is, else English. */
function detect(): Language {
  const chosen = localStorage.getItem(storageKey)
  if (isLanguage(chosen)) return chosen
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'en'
}

let language = detect()
document.documentElement.lang = language

export function chooseLanguage(next: Language): void {
  language = next
  localStorage.setItem(storageKey, next)
  document.documentElement.lang = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useLanguage = (): Language => useSyncExternalStore(subscribe, () => language)

/** How the browser's own kind of that language writes days and numbers: in British English, say. */
export function useLocale(): string {
  const chosen = useLanguage()
  return navigator.languages.find((tag) => tag.slice(0, 2) === chosen) ?? chosen
}

export const useTexts = (): Texts => texts[useLanguage()]
