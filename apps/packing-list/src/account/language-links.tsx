import { Button, Group } from '@mantine/core'
import { chooseLanguage, otherLanguages, useLanguage } from '../texts/texts.ts'

/** The other languages, each by its own name. */
export function LanguageLinks() {
  return (
    <Group justify="center" gap={0}>
      {otherLanguages(useLanguage()).map(({ code, name }) => (
        <Button key={code} lang={code} variant="subtle" color="gray" onClick={() => chooseLanguage(code)}>
          {name}
        </Button>
      ))}
    </Group>
  )
}
