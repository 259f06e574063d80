import { Button, Divider, Modal, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconUserPlus } from '@tabler/icons-react'
import { canManage, type Role } from '@stowaway/model'
import { useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { InviteLink } from './invite-link.tsx'
import { MemberList } from './member-list.tsx'

interface ShareButtonProps {
  readonly tripId: string
  readonly role: Role
}

export function ShareButton({ tripId, role }: ShareButtonProps) {
  const texts = useTexts()
  const [opened, { open, close }] = useDisclosure(false)
  const isGuest = useAppSelector((state) => state.sync.user === null)
  // Sharing is between accounts.
  if (isGuest) return null
  return (
    <>
      <Button variant="light" px="sm" leftSection={<IconUserPlus size={20} aria-hidden />} onClick={open}>
        {texts.share}
      </Button>
      <Modal opened={opened} onClose={close} title={texts.shareTrip}>
        {canManage(role) ? <InviteLink tripId={tripId} /> : <Text c="dimmed">{texts.onlyOwnerInvites}</Text>}
        <Divider my="md" label={texts.whoIsIn} labelPosition="left" />
        <MemberList tripId={tripId} role={role} />
      </Modal>
    </>
  )
}
