import { MantineProvider } from '@mantine/core'
import { useMemo, type ReactNode } from 'react'
import { useTexts } from '../texts/texts.ts'
import { themeIn } from '../theme.ts'

export function Themed({ children }: { readonly children: ReactNode }) {
  const texts = useTexts()
  const theme = useMemo(() => themeIn(texts), [texts])
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      {children}
    </MantineProvider>
  )
}
