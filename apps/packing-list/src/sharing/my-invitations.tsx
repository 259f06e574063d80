import { Button, Card, Group, Stack, Text } from '@mantine/core'
import type { Invitation } from '@stowaway/model'
import { useEffect, useState } from 'react'
import { useNavigate } from 'react-router'
import { useSay } from '../layout/toast.tsx'
import { useAppSelector } from '../store.ts'
import { sync } from '../sync.ts'
import { useTexts } from '../texts/texts.ts'
import { acceptMyInvitation, myInvitations } from './invitations.ts'

/** Trips that the user was invited to by the address of their account. Only the server knows of them. */
export function MyInvitations() {
  const texts = useTexts()
  const online = useAppSelector((state) => state.sync.paused.length === 0 && state.sync.user !== null)
  const [invitations, setInvitations] = useState<readonly Invitation[]>([])
  const navigate = useNavigate()
  const say = useSay()
  useEffect(() => {
    if (online) void myInvitations().then(setInvitations)
  }, [online])

  const accept = async ({ id, trip }: Invitation) => {
    const reply = await acceptMyInvitation(id)
    if (reply.kind === 'failed') return say({ text: texts.invitationErrors[reply.why] })
    sync.now()
    setInvitations((left) => left.filter((invitation) => invitation.id !== id))
    void navigate(`/trips/${trip}`)
  }
  if (invitations.length === 0) return null
  return (
    <Stack component="ul" gap="xs" mb="md" aria-label={texts.invitations}>
      {invitations.map((invitation) => (
        <Card component="li" key={invitation.id} withBorder radius="lg" padding="sm" aria-label={invitation.tripName}>
          <Group justify="space-between">
            <Text>{texts.invitedTo(invitation.invitedBy ?? texts.somebody, invitation.tripName)}</Text>
            <Button onClick={() => void accept(invitation)}>{texts.join}</Button>
          </Group>
        </Card>
      ))}
    </Stack>
  )
}
