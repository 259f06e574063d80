/** What a line that was typed in haste says. */
export interface QuickItem {
  readonly name: string
  readonly quantity: number
  readonly personId: string | null
}

/**
 * Reads "3 socks", "socks x3" and "3 socks for Mia" (or "para Mia"); the name of somebody who is not among the people stays part of the item.
 * `null`: nothing was typed.
 *
 * @example
 * readQuickItem('2 books for mia', [{ id: 'm', name: 'Mia' }])   // { name: 'books', quantity: 2, personId: 'm' }
 */
export function readQuickItem(line: string, people: readonly { readonly id: string; readonly name: string }[]): QuickItem | null {
  const text = line.trim().replaceAll(/\s+/g, ' ')
  if (text === '') return null
  const owner = /^(.+) (?:for|para) (.+)$/i.exec(text)
  const person = owner && people.find(({ name }) => sameName(name, owner[2]!))
  const rest = person ? owner[1]! : text
  const counted = /^(\d{1,4}) ?(?:x |× ?)?(\D.*)$/i.exec(rest)
  const times = /^(.*\S) ?[x×] ?(\d{1,4})$/i.exec(rest)
  const [name, quantity] = counted ? [counted[2]!, Number(counted[1])] : times ? [times[1]!, Number(times[2])] : [rest, 1]
  return { name: name.trim().slice(0, 200), quantity, personId: person?.id ?? null }
}

const sameName = (one: string, other: string): boolean => one.localeCompare(other, undefined, { sensitivity: 'base' }) === 0
