import type { Conflict, Rejected } from '@stowaway/sync'
import type { RootState } from '../store.ts'

/** Changes that wait for the user, refused or in conflict. */
type Waiting = Pick<Conflict | Rejected, 'collection' | 'id' | 'changes'>

const fieldWords: Record<string, string> = {
  personId: 'person',
  startsOn: 'first day',
  endsOn: 'last day',
  position: 'order',
}

export const fieldInWords = (field: string): string => fieldWords[field] ?? field

/** A field's value as a person would say it. */
export function valueInWords(state: RootState, field: string, value: unknown): string {
  if (field === 'personId') return typeof value === 'string' ? nameOnScreen(state, 'people', value) : 'everybody'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  return 'none'
}

/** What the entity is called. A refused new one is on no screen: its name stands in the change itself. */
export function nameInWords(state: RootState, { collection, id, changes }: Waiting): string {
  const names = changes.flatMap(({ patch, baseValues }) => [baseValues['name'], patch['name']])
  const name = names.findLast((value) => typeof value === 'string')
  return name ?? nameOnScreen(state, collection, id)
}

/** As in "Changing Socks: quantity to 3, packed to yes". */
export function describeChanges(state: RootState, waiting: Waiting): string {
  const name = nameInWords(state, waiting)
  const kinds = waiting.changes.map((change) => change.kind)
  if (kinds.at(-1) === 'delete') return `Removing ${name}`
  if (kinds.includes('create')) return `Adding ${name}`
  const patch = Object.assign({}, ...waiting.changes.map((change) => change.patch)) as Record<string, unknown>
  const parts = Object.entries(patch).map(
    ([field, value]) => `${fieldInWords(field)} to ${valueInWords(state, field, value)}`,
  )
  return `Changing ${name}: ${parts.join(', ')}`
}

function nameOnScreen(state: RootState, collection: string, id: string): string {
  const { trips, people, items } = state
  const slices: Record<string, { entities: Record<string, { name: string }> }> = { trips, people, items }
  return slices[collection]?.entities[id]?.name ?? 'something'
}
