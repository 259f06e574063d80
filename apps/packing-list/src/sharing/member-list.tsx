import { Avatar, Group, Stack, Text } from '@mantine/core'
import type { Role } from '@stowaway/model'
import { useAppSelector } from '../store.ts'
import { selectMembers } from './members-selectors.ts'

const roleWords: Record<Role, string> = { owner: 'owner', editor: 'can edit', viewer: 'can look' }

export function MemberList({ tripId }: { readonly tripId: string }) {
  const members = useAppSelector((state) => selectMembers(state, tripId))
  const user = useAppSelector((state) => state.sync.user)
  if (members.length === 0) return <Text c="dimmed">Only you, and only on this device until it has been sent.</Text>
  return (
    <Stack component="ul" gap="xs" aria-label="Members">
      {members.map((member) => (
        <Group component="li" key={member.id} wrap="nowrap">
          <Avatar name={member.name} color="lagoon" alt="" aria-hidden />
          <Text flex={1}>
            {member.name}
            {member.userId === user && ' (you)'}
          </Text>
          <Text c="dimmed" size="sm">
            {roleWords[member.role]}
          </Text>
        </Group>
      ))}
    </Stack>
  )
}
