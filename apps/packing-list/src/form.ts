import type { SubmitEvent } from 'react'

/** What was typed under a name, blanks and all. */
export function typed(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

/** What was entered under a name, trimmed; `null` for nothing. */
export function entered(form: FormData, name: string): string | null {
  return typed(form, name).trim() || null
}

/** Hands over what was entered, and keeps the browser from sending it itself. */
export const onEntered = (use: (form: FormData) => void) => (event: SubmitEvent<HTMLFormElement>) => {
  event.preventDefault()
  use(new FormData(event.currentTarget))
}

/**
 * The fields that a person has changed in a form. Only these are written:
 * others may have received somebody else's change while the form was open.
 */
export function changedFields<T extends object>(before: T, after: Partial<T>): Partial<T> {
  const keys = (Object.keys(after) as (keyof T)[]).filter((key) => after[key] !== before[key])
  const changes: Partial<T> = {}
  for (const key of keys) changes[key] = after[key]
  return changes
}
