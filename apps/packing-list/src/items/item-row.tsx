import { Checkbox } from '@mantine/core'
import { IconCheck, IconPencil, IconTrash } from '@tabler/icons-react'
import { Fragment, memo } from 'react'
import { itemsSlice, selectPerson } from '../entities.ts'
import { useKeptFocus } from '../layout/use-kept-focus.ts'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { PendingMark } from '../sync-badge/pending-mark.tsx'
import { useTexts } from '../texts/texts.ts'
import { neighbourOf } from './focus.ts'
import { useRemoveItem } from './item-actions.ts'
import classes from './item-row.module.css'
import { Quantity } from './quantity.tsx'
import { RowButton } from './row-button.tsx'
import { useSwipe } from './use-swipe.ts'

interface ItemRowProps {
  readonly itemId: string
  readonly editable: boolean
  readonly onEdit: (itemId: string) => void
}

/** Reads its own item, so that a change of one item draws one row. A finger may swipe it: to the right it is ticked, to the left removed. */
export const ItemRow = memo(function ItemRow({ itemId, editable, onEdit }: ItemRowProps) {
  const item = useAppSelector((state) => itemsSlice.selectById(state, itemId))
  const person = useAppSelector((state) => selectPerson(state, item?.personId ?? null))
  const texts = useTexts()
  const dispatch = useAppDispatch()
  const row = useKeptFocus<HTMLLIElement>(neighbourOf)
  const pack = (packed: boolean) => dispatch(itemsSlice.changed(itemId, { packed }))
  const remove = useRemoveItem(texts)
  const swipe = useSwipe({ onRight: () => pack(item?.packed !== true), onLeft: () => item !== undefined && remove(item) })
  if (item === undefined) return null
  const more = [person?.name ?? '', item.notes ?? '', item.ruleId === null ? '' : texts.byRule].filter((part) => part !== '')
  return (
    <li ref={row} className={classes.row} aria-label={item.name} data-item={itemId} data-packed={item.packed || undefined} data-meant={swipe.isMeant || undefined}>
      {swipe.by !== 0 && (
        <div className={classes.behind} data-to={swipe.by > 0 ? 'right' : 'left'} aria-hidden>
          {swipe.by > 0 ? <IconCheck /> : <IconTrash />}
        </div>
      )}
      <div className={classes.content} {...(editable && swipe.handlers)} {...(swipe.by !== 0 && { style: { translate: `${swipe.by}px` }, 'data-swiped': true })}>
        <label className={classes.tick}>
          <Checkbox
            id={`tick-${itemId}`}
            size="md"
            aria-label={item.name}
            aria-keyshortcuts={editable ? 'Delete' : undefined}
            checked={item.packed}
            disabled={!editable}
            onChange={(event) => pack(event.currentTarget.checked)}
            onKeyDown={(event) => event.key === 'Delete' && remove(item)}
          />
          <bdi className={classes.name}>{item.name}</bdi>
        </label>
        {more.length > 0 && (
          <label htmlFor={`tick-${itemId}`} className={classes.more}>
            {more.map((part, place) => (
              <Fragment key={part}>
                {place > 0 && ' · '}
                <bdi>{part}</bdi>
              </Fragment>
            ))}
          </label>
        )}
        <div className={classes.controls}>
          <PendingMark collection="items" id={itemId} />
          <Quantity item={item} editable={editable} />
          {editable && (
            <>
              <RowButton aria-label={texts.edit(item.name)} data-edit onClick={() => onEdit(itemId)}>
                <IconPencil size={20} aria-hidden />
              </RowButton>
              <RowButton aria-label={texts.removeNamed(item.name)} className="mantine-visible-from-sm" onClick={() => remove(item)}>
                <IconTrash size={20} aria-hidden />
              </RowButton>
            </>
          )}
        </div>
      </div>
    </li>
  )
})
