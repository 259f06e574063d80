import { AppShell, Container, Group, Image, Text, UnstyledButton } from '@mantine/core'
import { Link } from 'react-router'
import { AccountMenu } from '../account/account-menu.tsx'
import { SyncBadge } from '../sync-badge/sync-badge.tsx'
import { UndoButtons } from '../sync-badge/undo-buttons.tsx'
import { useTexts } from '../texts/texts.ts'

export function Header() {
  const texts = useTexts()
  return (
    <AppShell.Header bg="var(--page)">
      <Container size="md" h="100%" px={{ base: 'xs', sm: 'md', md: 0 }}>
        <Group h="100%" justify="space-between" wrap="nowrap" gap="xs">
          <UnstyledButton component={Link} to="/" aria-label={`Stowaway, ${texts.allTrips}`} h={44}>
            <Group gap="xs" wrap="nowrap" h="100%">
              <Image src="/icon.svg" alt="" w={32} h={32} radius="md" />
              <Text fw={700} visibleFrom="xs">
                Stowaway
              </Text>
            </Group>
          </UnstyledButton>
          <Group gap={4} wrap="nowrap">
            <UndoButtons />
            <SyncBadge />
            <AccountMenu />
          </Group>
        </Group>
      </Container>
    </AppShell.Header>
  )
}
