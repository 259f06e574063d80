import { ActionIcon, Avatar, Button, Group, NativeSelect, Stack, Text } from '@mantine/core'
import { IconCrown, IconUserMinus } from '@tabler/icons-react'
import { canManage, type Role, type TripMember } from '@stowaway/model'
import { useNavigate } from 'react-router'
import { membersSlice, selectMembers } from '../entities.ts'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { handOver } from './hand-over.ts'

interface MemberListProps {
  readonly tripId: string
  /** Of the user. */
  readonly role: Role
}

export function MemberList({ tripId, role }: MemberListProps) {
  const texts = useTexts()
  const members = useAppSelector((state) => selectMembers(state, tripId))
  const user = useAppSelector((state) => state.sync.user)
  const dispatch = useAppDispatch()
  const navigate = useNavigate()
  if (members.length === 0) return <Text c="dimmed">{texts.onlyYou}</Text>
  const own = members.find(({ userId }) => userId === user)
  const isLastOwner = role === 'owner' && members.filter((member) => member.role === 'owner').length === 1
  const leave = () => {
    if (own !== undefined) dispatch(membersSlice.removed(own.id))
    void navigate('/')
  }
  return (
    <>
      <Stack component="ul" gap="xs" aria-label={texts.members}>
        {members.map((member) => (
          <Group component="li" key={member.id} gap="xs" justify="flex-end" aria-label={member.name}>
            <Avatar name={member.name} color="lagoon" alt="" aria-hidden />
            <Text flex="1 1 110px" style={{ overflowWrap: 'anywhere' }}>{member === own ? texts.youMark(member.name) : member.name}</Text>
            {canManage(role) && member !== own ? (
              <Managed member={member} own={own} />
            ) : (
              <Text c="dimmed" size="sm">
                {texts.roles[member.role]}
              </Text>
            )}
          </Group>
        ))}
      </Stack>
      {own !== undefined && !isLastOwner && (
        <details>
          <summary className="summary">{texts.leaveTrip}</summary>
          <Text size="sm" mb="xs">
            {texts.leaveTripText}
          </Text>
          <Button color="red" variant="light" onClick={leave}>
            {texts.leaveTrip}
          </Button>
        </details>
      )}
    </>
  )
}

interface ManagedProps {
  readonly member: TripMember
  readonly own: TripMember | undefined
}

/** What an owner can do about another member. */
function Managed({ member, own }: ManagedProps) {
  const texts = useTexts()
  const dispatch = useAppDispatch()
  const { id, name, role } = member
  const choices = (['editor', 'viewer', ...(role === 'owner' ? (['owner'] as const) : [])] as const).map((value) => ({ value, label: texts.roles[value] }))
  return (
    <>
      <NativeSelect
        miw={120}
        aria-label={texts.roleOf(name)}
        data={choices}
        value={role}
        onChange={(event) => dispatch(membersSlice.changed(id, { role: event.currentTarget.value as Role }))}
      />
      {role !== 'owner' && own !== undefined && (
        <ActionIcon aria-label={texts.handOver(name)} title={texts.handOver(name)} onClick={() => dispatch(handOver(own, member))}>
          <IconCrown size={20} aria-hidden />
        </ActionIcon>
      )}
      <ActionIcon aria-label={texts.removeMember(name)} title={texts.removeMember(name)} onClick={() => dispatch(membersSlice.removed(id))}>
        <IconUserMinus size={20} aria-hidden />
      </ActionIcon>
    </>
  )
}
