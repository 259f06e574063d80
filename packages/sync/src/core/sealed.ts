/**
 * The form in which a record lies in the storage: its value as JSON, and a checksum over that text [OB8]. As a text it costs a
 * storage half as much to copy, and nothing can alter it while it waits to be written.
 * `form` is raised when the meaning of records changes; `sequence` is put beside a change by the storage, inside its transaction.
 */
export interface Sealed {
  readonly form: typeof form
  readonly checksum: number
  readonly text: string
  readonly sequence?: number
}

export type Unsealed = { readonly is: 'whole'; readonly value: unknown } | { readonly is: 'broken'; readonly reason: string }

const form = 1
const unreadable: Unsealed = { is: 'broken', reason: 'It cannot be read.' }

export function seal(value: unknown): Sealed {
  const text = JSON.stringify(value) ?? 'null'
  return { form, checksum: checksumOf(text), text }
}

/** What a stored record holds, if it is what was stored. */
export function unseal(stored: unknown): Unsealed {
  if (typeof stored !== 'object' || stored === null || !('form' in stored)) return unreadable
  if (stored.form !== form) return { is: 'broken', reason: `It was written by another version of the app, in form ${String(stored.form)}.` }
  if (!('checksum' in stored) || !('text' in stored) || typeof stored.text !== 'string') return unreadable
  if (stored.checksum !== checksumOf(stored.text)) return { is: 'broken', reason: 'Its checksum does not fit: it was damaged.' }
  if (!('sequence' in stored)) return { is: 'whole', value: JSON.parse(stored.text) as unknown }
  return { is: 'whole', value: { ...(JSON.parse(stored.text) as object), sequence: stored.sequence } }
}

/** FNV-1a, 32 bits, over the JSON text (http://www.isthe.com/chongo/tech/comp/fnv): against damage, not against an attacker. */
function checksumOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
