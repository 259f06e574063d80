import { Alert, Button, Modal, Stack, Text } from '@mantine/core'
import { selectUnsynced, UnsyncedWork, type Unsynced } from '@stowaway/sync'
import { useState } from 'react'
import { useAppSelector } from '../store.ts'
import { sync } from '../sync.ts'
import { useTexts } from '../texts/texts.ts'

interface SignOutDialogProps {
  readonly opened: boolean
  readonly onClose: () => void
  /** Nobody is signed in any more. */
  readonly onLeft: () => void
}

type Progress = { readonly kind: 'asking' } | { readonly kind: 'busy'; readonly with: Unsynced } | { readonly kind: 'failed'; readonly text: string }

/** Asks before somebody walks away from changes that nobody else can see yet. */
export function SignOutDialog({ opened, onClose, onLeft }: SignOutDialogProps) {
  const count = useAppSelector(selectUnsynced)
  const texts = useTexts()
  const [progress, setProgress] = useState<Progress>({ kind: 'asking' })
  const leave = async (unsynced: Unsynced) => {
    setProgress({ kind: 'busy', with: unsynced })
    try {
      await sync.signOut({ unsynced })
      setProgress({ kind: 'asking' })
      onLeft()
    } catch (error) {
      setProgress({ kind: 'failed', text: error instanceof UnsyncedWork ? texts.notAllSent : texts.signOutFailed })
    }
  }
  const choice = (unsynced: Unsynced) => ({
    onClick: () => void leave(unsynced),
    loading: progress.kind === 'busy' && progress.with === unsynced,
    disabled: progress.kind === 'busy' && progress.with !== unsynced,
  })
  return (
    <Modal opened={opened} onClose={onClose} title={texts.signOutNow}>
      <Stack>
        <Text>{texts.onThisDeviceOnly(count)}</Text>
        {progress.kind === 'failed' && <Alert role="alert">{progress.text}</Alert>}
        <Button {...choice('wait')} data-autofocus>
          {texts.sendFirst}
        </Button>
        <Button {...choice('keep')} variant="default">
          {texts.keepHere}
        </Button>
        <Button {...choice('wipe')} variant="outline" color="red">
          {texts.deleteHere}
        </Button>
        <Text size="sm" c="dimmed">
          {texts.keptText}
        </Text>
      </Stack>
    </Modal>
  )
}
