import { Alert, Button, Modal, Stack, Text } from '@mantine/core'
import { selectUnsynced, SyncError, type Unsynced } from '@stowaway/sync'
import { useState } from 'react'
import { useAppSelector } from '../store.ts'
import { sync } from '../sync.ts'
import { signOutInWords, unsentInWords } from './sign-out-words.ts'

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
  const [progress, setProgress] = useState<Progress>({ kind: 'asking' })
  const leave = async (unsynced: Unsynced) => {
    setProgress({ kind: 'busy', with: unsynced })
    try {
      await sync.signOut({ unsynced })
      setProgress({ kind: 'asking' })
      onLeft()
    } catch (error) {
      setProgress({ kind: 'failed', text: signOutInWords(error instanceof SyncError ? error.code : '') })
    }
  }
  const choice = (unsynced: Unsynced) => ({
    onClick: () => void leave(unsynced),
    loading: progress.kind === 'busy' && progress.with === unsynced,
    disabled: progress.kind === 'busy' && progress.with !== unsynced,
  })
  return (
    <Modal opened={opened} onClose={onClose} title="Sign out now?">
      <Stack>
        <Text>{unsentInWords(count)}</Text>
        {progress.kind === 'failed' && <Alert role="alert">{progress.text}</Alert>}
        <Button {...choice('wait')} data-autofocus>
          Send first, then sign out
        </Button>
        <Button {...choice('keep')} variant="default">
          Keep on this device and sign out
        </Button>
        <Button {...choice('wipe')} variant="outline" color="red">
          Delete from this device and sign out
        </Button>
        <Text size="sm" c="dimmed">
          What is kept goes out when you sign in here again; nobody else who uses this device sees it.
        </Text>
      </Stack>
    </Modal>
  )
}
