import type { ListView } from '@stowaway/model'
import { Button, Chip, Group, SegmentedControl, TextInput } from '@mantine/core'
import { IconChecks, IconSearch } from '@tabler/icons-react'
import { shallowEqual } from 'react-redux'
import { itemsSlice } from '../entities.ts'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { selectShownToPack } from './items-selectors.ts'

interface ListToolbarProps {
  readonly tripId: string
  readonly editable: boolean
  readonly view: ListView
  readonly onView: (view: ListView) => void
}

/** What of the list is shown, and all that is shown ticked at once. */
export function ListToolbar({ tripId, editable, view, onView }: ListToolbarProps) {
  const texts = useTexts()
  const toPack = useAppSelector((state) => selectShownToPack(state, tripId, view), shallowEqual)
  const dispatch = useAppDispatch()
  const tickAll = () => dispatch(itemsSlice.allChanged(toPack.map((id) => ({ id, changes: { packed: true } }))))
  return (
    <Group gap="xs" mb="sm" className="no-print">
      <TextInput
        type="search"
        aria-label={texts.search}
        placeholder={texts.search}
        leftSection={<IconSearch size={18} aria-hidden />}
        value={view.search}
        onChange={(event) => onView({ ...view, search: event.currentTarget.value })}
        flex="1 1 150px"
      />
      <Chip size="md" checked={view.toPack} onChange={(checked) => onView({ ...view, toPack: checked })}>
        {texts.toPack}
      </Chip>
      <SegmentedControl
        size="sm"
        value={view.by}
        onChange={(by) => onView({ ...view, by })}
        data={[
          { value: 'category', label: texts.byCategory },
          { value: 'person', label: texts.byPerson },
        ]}
      />
      {editable && toPack.length > 0 && (
        <Button variant="subtle" px="xs" leftSection={<IconChecks size={20} aria-hidden />} onClick={tickAll}>
          {texts.tickShown(toPack.length)}
        </Button>
      )}
    </Group>
  )
}
