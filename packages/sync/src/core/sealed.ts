/**
 * The form in which a record lies in the storage: its value as JSON, and a checksum over that text [OB8]. As a text it costs a
 * storage half as much to copy, and nothing can alter it while it waits to be written.
 * `sequence` is put beside a change by the storage, inside its transaction.
 */
export interface Sealed {
  readonly form: number
  readonly checksum: number
  readonly text: string
  readonly sequence?: number
}

export type Unsealed = { readonly is: 'whole'; readonly value: unknown } | { readonly is: 'broken'; readonly reason: string }

/** Turns the value of a record into its next form. Records are told apart by their keys (core/records.ts). */
export type Migration = (key: string, value: unknown) => unknown

/**
 * One for each form that there was before today's, the oldest first. A record is brought up to date whenever it is read, and
 * written in today's form when it next changes: an update of the app costs no rewriting of the database [ST3].
 */
const migrations: readonly Migration[] = []

/**
 * Also the version of the database as a whole: an app that does not know a form cannot even open a database in which there may
 * be records of it, and so neither sets them aside nor writes beside them [ST3].
 */
export const databaseVersion: number = migrations.length + 1

const unreadable: Unsealed = { is: 'broken', reason: 'It cannot be read.' }

export function seal(value: unknown): Sealed {
  const text = JSON.stringify(value) ?? 'null'
  return { form: databaseVersion, checksum: checksumOf(text), text }
}

/** What a stored record holds, in today's form, if it is what was stored. `steps` are given by tests. */
export function unseal(stored: unknown, key: string = '', steps: readonly Migration[] = migrations): Unsealed {
  if (typeof stored !== 'object' || stored === null || !('form' in stored)) return unreadable
  const { form } = stored
  if (typeof form !== 'number' || form < 1 || form > steps.length + 1) return { is: 'broken', reason: `It was written by another version of the app, in form ${String(form)}.` }
  if (!('checksum' in stored) || !('text' in stored) || typeof stored.text !== 'string') return unreadable
  if (stored.checksum !== checksumOf(stored.text)) return { is: 'broken', reason: 'Its checksum does not fit: it was damaged.' }
  try {
    const value = steps.slice(form - 1).reduce((old, step) => step(key, old), JSON.parse(stored.text) as unknown)
    return { is: 'whole', value: 'sequence' in stored ? { ...(value as object), sequence: stored.sequence } : value }
  } catch (error) {
    return { is: 'broken', reason: `It cannot be brought up to date from form ${form}: ${String(error)}` }
  }
}

/** FNV-1a, 32 bits, over the JSON text (http://www.isthe.com/chongo/tech/comp/fnv): against damage, not against an attacker. */
function checksumOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash >>> 0
}
