import type { ListView } from '@stowaway/model'
import { Card, Title } from '@mantine/core'
import { memo, useId } from 'react'
import { shallowEqual } from 'react-redux'
import { selectPerson } from '../entities.ts'
import { useAppSelector } from '../store.ts'
import { categoryInWords } from '../texts/categories.ts'
import { useTexts } from '../texts/texts.ts'
import { ItemRow } from './item-row.tsx'
import { selectItemIds } from './items-selectors.ts'
import { LongList } from './long-list.tsx'

interface ItemSectionProps {
  readonly tripId: string
  readonly view: ListView
  /** The category, or the person's id; null: items without. */
  readonly group: string | null
  readonly editable: boolean
  readonly onEdit: (itemId: string) => void
}

/** More rows than that are drawn only as far as they are on screen. */
const longFrom = 80

export const ItemSection = memo(function ItemSection({ tripId, view, group, editable, onEdit }: ItemSectionProps) {
  const texts = useTexts()
  const itemIds = useAppSelector((state) => selectItemIds(state, { tripId, view, group }), shallowEqual)
  const person = useAppSelector((state) => selectPerson(state, view.by === 'person' ? group : null))
  const headingId = useId()
  const heading = view.by === 'person' ? (person?.name ?? texts.everybody) : (group === null ? texts.otherThings : categoryInWords(group, texts))
  const row = (id: string) => <ItemRow key={id} itemId={id} editable={editable} onEdit={onEdit} />
  return (
    <section aria-labelledby={headingId}>
      <Title order={2} size="sm" c="dimmed" id={headingId} mb={6} ml={4}>
        {heading}
      </Title>
      <Card withBorder radius="lg" p={0}>
        {itemIds.length < longFrom ? <ul aria-labelledby={headingId}>{itemIds.map(row)}</ul> : <LongList ids={itemIds} row={row} labelledBy={headingId} />}
      </Card>
    </section>
  )
})
