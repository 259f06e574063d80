import { ActionIcon, Checkbox, Text } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { memo } from 'react'
import { selectPerson } from '../people/people-selectors.ts'
import { useAppDispatch, useAppSelector } from '../store.ts'
import classes from './item-row.module.css'
import { selectItem } from './items-selectors.ts'
import { itemChanged, itemRemoved } from './items-slice.ts'
import { Quantity } from './quantity.tsx'

interface ItemRowProps {
  readonly itemId: string
  readonly editable: boolean
  readonly onEdit: (itemId: string) => void
}

/** Reads its own item, so that a change of one item draws one row. */
export const ItemRow = memo(function ItemRow({ itemId, editable, onEdit }: ItemRowProps) {
  const item = useAppSelector((state) => selectItem(state, itemId))
  const person = useAppSelector((state) => selectPerson(state, item?.personId ?? null))
  const dispatch = useAppDispatch()
  if (item === undefined) return null
  const more = [person?.name, item.notes].filter(Boolean).join(' · ')
  return (
    <li className={classes.row} aria-label={item.name} data-packed={item.packed || undefined}>
      <label className={classes.tick}>
        <Checkbox
          size="md"
          aria-label={item.name}
          checked={item.packed}
          disabled={!editable}
          onChange={(event) => dispatch(itemChanged({ id: itemId, changes: { packed: event.currentTarget.checked } }))}
        />
        <span>
          <span className={classes.name}>{item.name}</span>
          {more !== '' && (
            <Text span display="block" size="sm" c="dimmed">
              {more}
            </Text>
          )}
        </span>
      </label>
      <Quantity item={item} editable={editable} />
      {editable && (
        <>
          <ActionIcon aria-label={`Edit ${item.name}`} onClick={() => onEdit(itemId)}>
            <IconPencil size={20} aria-hidden />
          </ActionIcon>
          <ActionIcon
            aria-label={`Remove ${item.name}`}
            visibleFrom="sm"
            onClick={() => dispatch(itemRemoved(itemId))}
          >
            <IconTrash size={20} aria-hidden />
          </ActionIcon>
        </>
      )}
    </li>
  )
})
