import { ActionIcon, Checkbox, Text } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { memo } from 'react'
import { itemsSlice, selectPerson } from '../entities.ts'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { PendingMark } from '../sync-badge/pending-mark.tsx'
import { useTexts } from '../texts/texts.ts'
import classes from './item-row.module.css'
import { Quantity } from './quantity.tsx'
import { removeItem } from './item-actions.ts'

interface ItemRowProps {
  readonly itemId: string
  readonly editable: boolean
  readonly onEdit: (itemId: string) => void
}

/** Reads its own item, so that a change of one item draws one row. */
export const ItemRow = memo(function ItemRow({ itemId, editable, onEdit }: ItemRowProps) {
  const item = useAppSelector((state) => itemsSlice.selectById(state, itemId))
  const person = useAppSelector((state) => selectPerson(state, item?.personId ?? null))
  const texts = useTexts()
  const dispatch = useAppDispatch()
  if (item === undefined) return null
  const more = [person?.name, item.notes, item.ruleId !== null && texts.byRule].filter(Boolean).join(' · ')
  return (
    <li className={classes.row} aria-label={item.name} data-packed={item.packed || undefined}>
      <label className={classes.tick}>
        <Checkbox
          size="md"
          aria-label={item.name}
          checked={item.packed}
          disabled={!editable}
          onChange={(event) => dispatch(itemsSlice.changed(itemId, { packed: event.currentTarget.checked }))}
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
      <PendingMark collection="items" id={itemId} />
      <Quantity item={item} editable={editable} />
      {editable && (
        <>
          <ActionIcon className="no-print" aria-label={texts.edit(item.name)} onClick={() => onEdit(itemId)}>
            <IconPencil size={20} aria-hidden />
          </ActionIcon>
          <ActionIcon
            className="no-print"
            aria-label={texts.removeNamed(item.name)}
            visibleFrom="sm"
            onClick={() => dispatch(removeItem(item))}
          >
            <IconTrash size={20} aria-hidden />
          </ActionIcon>
        </>
      )}
    </li>
  )
})
