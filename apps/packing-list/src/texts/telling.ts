import type { Conflict, FieldConflict, LogEntry, Rejected, Resolution } from '@stowaway/sync'
import type { RootState } from '../store.ts'
import { categoryInWords } from './categories.ts'
import type { Texts } from './texts.ts'

/** Changes that wait for the user, refused or in conflict. */
type Waiting = Pick<Conflict | Rejected, 'collection' | 'id' | 'changes'>

/** What is on screen, and the words to tell it with. */
export interface Telling {
  readonly state: RootState
  readonly texts: Texts
}

type Values = Readonly<Record<string, FieldConflict['local']>>

export const fieldInWords = (field: string, { fields }: Texts): string => fields[field] ?? field

/** A field's value as a person would say it. */
export function valueInWords(field: string, value: unknown, { state, texts }: Telling): string {
  if (field === 'personId') return typeof value === 'string' ? nameOnScreen({ collection: 'people', id: value }, { state, texts }) : texts.everybody.toLocaleLowerCase()
  if (field === 'category' && typeof value === 'string') return categoryInWords(value, texts)
  if (field === 'role' && (value === 'owner' || value === 'editor' || value === 'viewer')) return texts.roles[value]
  if (typeof value === 'boolean') return value ? texts.yes : texts.no
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.length === 0 ? texts.none : value.map((one) => texts.conditionNames[String(one)] ?? String(one)).join(', ')
  return texts.none
}

/** Fields and what they become, as in "quantity to 3, packed to yes". */
export const valuesInWords = (values: Values, telling: Telling): string =>
  Object.entries(values)
    .map(([field, value]) => telling.texts.fieldTo(fieldInWords(field, telling.texts), valueInWords(field, value, telling)))
    .join(', ')

/** What the entity is called. A refused new one is on no screen: its name stands in the change itself. */
export function nameInWords({ collection, id, changes }: Waiting, telling: Telling): string {
  const names = changes.flatMap(({ patch, baseValues }) => [baseValues['name'], patch['name']])
  const name = names.findLast((value) => typeof value === 'string')
  return name ?? nameOnScreen({ collection, id }, telling)
}

/** As in "Changing Socks: quantity to 3, packed to yes". */
export function describeChanges(waiting: Waiting, telling: Telling): string {
  const { texts } = telling
  const name = nameInWords(waiting, telling)
  const kinds = waiting.changes.map((change) => change.kind)
  if (kinds.at(-1) === 'delete') return texts.removing(name)
  if (kinds.includes('create')) return texts.adding(name)
  return texts.changing(name, valuesInWords(patchOf(waiting), telling))
}

/** What the changes come to. */
export const patchOf = ({ changes }: Pick<Waiting, 'changes'>): Values => Object.assign({}, ...changes.map((change) => change.patch)) as Values

/** Of no interest to people: where a thing belongs, and what rules remember. */
const hidden = new Set(['id', 'tripId', 'userId', 'ruleId', 'ruleQuantity', 'position', 'color'])

/** As in "Changing Socks: quantity to 3". What is gone by now is told by the name that it had. */
export function entryInWords(entry: LogEntry, telling: Telling): string {
  const { texts } = telling
  const named = entry.baseValues?.['name'] ?? entry.patch?.['name']
  const name = typeof named === 'string' ? named : nameOnScreen(entry, telling)
  if (entry.kind === 'delete') return texts.removing(name)
  if (entry.kind === 'create' || entry.kind === 'replace') return texts.adding(name)
  const told = Object.entries(entry.patch ?? {}).filter(([field]) => !hidden.has(field))
  return texts.changing(name, valuesInWords(Object.fromEntries(told), telling))
}

/** What became of a disagreement, as in "Changing Socks: quantity to 3" or "Removing Socks". */
export function decisionInWords(decision: Resolution, telling: Telling): string {
  const { texts } = telling
  const name = decidedName(decision, telling)
  if (decision.outcome.is === 'deleted') return texts.removing(name)
  if (decision.kind === 'edit-delete' || decision.kind === 'delete-edit') return texts.keeping(name)
  return texts.changing(name, valuesInWords(Object.fromEntries(decision.fields.map(({ field, kept }) => [field, kept])), telling))
}

/** What is deleted is on no screen: it had its name in the row. */
export function decidedName(decision: Pick<Resolution, 'collection' | 'id' | 'outcome'>, telling: Telling): string {
  const name = decision.outcome.is === 'deleted' ? decision.outcome.row['name'] : null
  return typeof name === 'string' ? name : nameOnScreen(decision, telling)
}

export function nameOnScreen({ collection, id }: Pick<Waiting, 'collection' | 'id'>, { state, texts }: Telling): string {
  const { trips, people, items, tripRules, defaultRules, tripMembers } = state
  const slices: Record<string, { entities: Record<string, { name: string }> }> = { trips, people, items, tripRules, defaultRules, tripMembers }
  return slices[collection]?.entities[id]?.name ?? state.tripDays.entities[id]?.day ?? texts.something
}

/** What a member of any trip that is on this device is called. */
export function userName(user: string | null, { state, texts }: Telling): string {
  if (user !== null && user === state.sync.user) return texts.you
  return Object.values(state.tripMembers.entities).find(({ userId }) => userId === user)?.name ?? texts.somebody
}
