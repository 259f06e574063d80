import { Stack, Text, ThemeIcon, Title } from '@mantine/core'
import type { Icon } from '@tabler/icons-react'
import type { ReactNode } from 'react'

interface NoticePageProps {
  readonly icon: Icon
  readonly title: string
  readonly text: string
  /** What one can do about it. */
  readonly children?: ReactNode
}

/** A page with nothing on it but a sentence and a way on. */
export function NoticePage({ icon: Picture, title, text, children }: NoticePageProps) {
  return (
    <Stack align="center" ta="center" gap="sm" py={{ base: 48, sm: 96 }} maw={420} mx="auto">
      <title>{`${title} · Stowaway`}</title>
      <ThemeIcon size={88} radius={44} variant="light">
        <Picture size={44} stroke={1.5} aria-hidden />
      </ThemeIcon>
      <Title order={1} size="h2">
        {title}
      </Title>
      <Text c="dimmed" mb="sm">
        {text}
      </Text>
      {children}
    </Stack>
  )
}
