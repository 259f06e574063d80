import { Card, Title } from '@mantine/core'
import { memo, useId } from 'react'
import { shallowEqual } from 'react-redux'
import { useAppSelector } from '../store.ts'
import { ItemRow } from './item-row.tsx'
import { selectItemIds } from './items-selectors.ts'

interface CategorySectionProps {
  readonly tripId: string
  readonly category: string | null
  readonly editable: boolean
  readonly onEdit: (itemId: string) => void
}

export const CategorySection = memo(function CategorySection(props: CategorySectionProps) {
  const { tripId, category, editable, onEdit } = props
  const itemIds = useAppSelector((state) => selectItemIds(state, tripId, category), shallowEqual)
  const headingId = useId()
  return (
    <section aria-labelledby={headingId}>
      <Title order={2} size="sm" c="dimmed" id={headingId} mb={6} ml={4}>
        {category ?? 'Other things'}
      </Title>
      <Card withBorder radius="lg" p={0}>
        <ul aria-labelledby={headingId}>
          {itemIds.map((id) => (
            <ItemRow key={id} itemId={id} editable={editable} onEdit={onEdit} />
          ))}
        </ul>
      </Card>
    </section>
  )
})
