import type { LogEntry } from '@stowaway/sync'
import { fieldInWords, nameOnScreen, valueInWords, type Telling } from '../sync-badge/describe.ts'

/** Of no interest to people: where a thing belongs, and what rules remember. */
const hidden = new Set(['id', 'tripId', 'userId', 'ruleId', 'ruleQuantity', 'position', 'color'])

/** As in "Changing Socks: quantity to 3". What is gone by now is told by the name that it had. */
export function entryInWords(entry: LogEntry, telling: Telling): string {
  const { texts } = telling
  const name = nameIn(entry) ?? nameOnScreen(entry, telling)
  if (entry.kind === 'delete') return texts.removing(name)
  if (entry.kind === 'create' || entry.kind === 'replace') return texts.adding(name)
  const fields = Object.entries(entry.patch ?? {}).filter(([field]) => !hidden.has(field))
  return texts.changing(name, fields.map(([field, value]) => texts.fieldTo(fieldInWords(field, texts), valueInWords(field, value, telling))).join(', '))
}

function nameIn({ patch, baseValues }: LogEntry): string | null {
  const name = baseValues?.['name'] ?? patch?.['name']
  return typeof name === 'string' ? name : null
}
