import { Button, Group, Modal, Text } from '@mantine/core'

interface SignOutDialogProps {
  readonly opened: boolean
  readonly pending: number
  readonly onClose: () => void
  readonly onSignOut: () => void
}

/** Asks before somebody walks away from changes that nobody else can see yet. */
export function SignOutDialog({ opened, pending, onClose, onSignOut }: SignOutDialogProps) {
  const unsent =
    pending === 1
      ? '1 change has not been sent yet. It stays on this device and goes out when you sign in here again.'
      : `${pending} changes have not been sent yet. They stay on this device and go out when you sign in here again.`
  return (
    <Modal opened={opened} onClose={onClose} title="Sign out now?">
      <Text>{unsent}</Text>
      <Group mt="lg" justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Stay signed in
        </Button>
        <Button onClick={onSignOut}>Sign out anyway</Button>
      </Group>
    </Modal>
  )
}
