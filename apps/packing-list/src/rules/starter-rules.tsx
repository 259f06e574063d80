import { Button } from '@mantine/core'
import { starterRulesIn, type RuleDetails } from '@stowaway/model'
import { useKeptFocus } from '../layout/use-kept-focus.ts'
import { useTexts } from '../texts/texts.ts'

interface StarterRulesProps {
  readonly label: string
  readonly onAdd: (rules: readonly RuleDetails[]) => void
  /** Takes the focus of the button, which goes when there are rules. */
  readonly next: (button: HTMLElement) => Element | null
}

/** Offered to whoever has no rules yet. */
export function StarterRules({ label, onAdd, next }: StarterRulesProps) {
  const texts = useTexts()
  const button = useKeptFocus<HTMLButtonElement>((gone) => next(gone) as HTMLElement | null)
  return (
    <Button ref={button} variant="light" onClick={() => onAdd(starterRulesIn(texts.starterNames))}>
      {label}
    </Button>
  )
}

/** The button before it. */
export const before = (button: HTMLElement): Element | null => button.previousElementSibling
