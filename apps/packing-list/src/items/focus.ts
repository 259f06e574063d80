const rows = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-item]')]

const addItem = (): HTMLElement | null => document.getElementById('add-item')

/** The next row's tick, or that of the one before, or the field for a new item. */
export function neighbourOf(row: HTMLElement): HTMLElement | null {
  const all = rows()
  const place = all.indexOf(row)
  return (all[place + 1] ?? all[place - 1])?.querySelector('input') ?? addItem()
}

/** To where the editor of an item was opened, or, as the item has gone, to the field for a new one. */
export function focusItem(itemId: string): void {
  const row = rows().find(({ dataset }) => dataset['item'] === itemId)
  const target = row?.querySelector<HTMLElement>('[data-edit]') ?? addItem()
  target?.focus({ preventScroll: true })
}
