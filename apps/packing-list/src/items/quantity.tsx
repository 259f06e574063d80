import { Group, Text } from '@mantine/core'
import { IconMinus, IconPlus } from '@tabler/icons-react'
import type { Item } from '@stowaway/model'
import { itemsSlice } from '../entities.ts'
import { useAppDispatch } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import classes from './quantity.module.css'
import { RowButton } from './row-button.tsx'

const most = 9999

interface QuantityProps {
  readonly item: Item
  readonly editable: boolean
}

export function Quantity({ item, editable }: QuantityProps) {
  const { id, name, quantity } = item
  const texts = useTexts()
  const dispatch = useAppDispatch()
  // An emptied field gives no number: the old one stays until another is typed over it.
  const set = (next: number) => {
    if (Number.isInteger(next) && next >= 0 && next <= most) dispatch(itemsSlice.changed(id, { quantity: next }))
  }

  if (!editable) {
    return (
      <Text px="md" aria-label={`${texts.quantityOf(name)}: ${quantity}`}>
        {quantity}
      </Text>
    )
  }
  return (
    <Group gap={0} wrap="nowrap">
      <RowButton aria-label={texts.oneFewer(name)} disabled={quantity === 0} onClick={() => set(quantity - 1)}>
        <IconMinus size={18} aria-hidden />
      </RowButton>
      <input
        type="number"
        className={classes.quantity}
        aria-label={texts.quantityOf(name)}
        min={0}
        max={most}
        value={quantity}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => set(event.currentTarget.valueAsNumber)}
      />
      <RowButton aria-label={texts.oneMore(name)} disabled={quantity === most} onClick={() => set(quantity + 1)}>
        <IconPlus size={18} aria-hidden />
      </RowButton>
    </Group>
  )
}
