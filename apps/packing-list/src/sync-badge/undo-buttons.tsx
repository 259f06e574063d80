import { ActionIcon } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconArrowBackUp, IconArrowForwardUp } from '@tabler/icons-react'
import { useUndo } from '@stowaway/sync/react'
import { useTexts } from '../texts/texts.ts'

/** Also by the usual keys, outside of fields that undo what was typed in them. */
export function UndoButtons() {
  const texts = useTexts()
  const { canUndo, canRedo, undo, redo } = useUndo()
  useHotkeys(
    [
      ['mod+Z', unlessTyping(undo), own],
      ['mod+shift+Z', unlessTyping(redo), own],
      ['mod+Y', unlessTyping(redo), own],
    ],
    [],
  )
  return (
    <>
      <ActionIcon aria-label={texts.undo} disabled={!canUndo} {...(!canUndo && { bg: 'transparent' })} onClick={() => void undo()}>
        <IconArrowBackUp size={22} aria-hidden />
      </ActionIcon>
      {canRedo && (
        <ActionIcon aria-label={texts.redo} onClick={() => void redo()}>
          <IconArrowForwardUp size={22} aria-hidden />
        </ActionIcon>
      )}
    </>
  )
}

const own = { preventDefault: false }

const unlessTyping = (act: () => Promise<unknown>) => (event: KeyboardEvent) => {
  if (isTypedIn(event.target)) return
  event.preventDefault()
  void act()
}

/** A tick is a field too, and has nothing typed in it. */
const isTypedIn = (target: EventTarget | null): boolean => target instanceof Element && target.matches('input:not([type=checkbox], [type=radio]), textarea, select')
