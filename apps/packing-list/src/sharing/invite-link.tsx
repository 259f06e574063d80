import { Alert, Button, CopyButton, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useAppSelector } from '../store.ts'
import { createInvitation, type InvitedRole, type Reply } from './invitations.ts'
import { selectMembers } from './members-selectors.ts'

export function InviteLink({ tripId }: { readonly tripId: string }) {
  const [role, setRole] = useState<InvitedRole>('editor')
  const [reply, setReply] = useState<Reply | 'none' | 'awaited'>('none')
  const offline = useAppSelector((state) => state.sync.paused.includes('offline'))

  // Members come from the server: without any, it has not heard of the trip.
  const unsent = useAppSelector((state) => selectMembers(state, tripId).length === 0)

  const create = async () => {
    setReply('awaited')
    setReply(await createInvitation(tripId, role))
  }
  const choose = (value: string) => {
    setRole(value === 'viewer' ? 'viewer' : 'editor')
    setReply('none')
  }
  return (
    <Stack>
      <Radio.Group label="Whoever opens the link" value={role} onChange={choose}>
        <Stack gap={0} mt={4}>
          <Radio value="editor" label="can edit the list" size="md" py={10} />
          <Radio value="viewer" label="can only look at it" size="md" py={10} />
        </Stack>
      </Radio.Group>
      {offline && <Alert>You are offline. Making a link needs a connection.</Alert>}
      {unsent && !offline && <Alert>The trip has not been sent yet. It can be shared as soon as it has.</Alert>}
      {typeof reply === 'object' && reply.kind === 'failed' && <Alert role="alert">{reply.text}</Alert>}
      {typeof reply === 'object' && reply.kind === 'done' ? (
        <CreatedLink link={reply.value} />
      ) : (
        <Button onClick={() => void create()} loading={reply === 'awaited'} disabled={offline || unsent}>
          Create link
        </Button>
      )}
    </Stack>
  )
}

function CreatedLink({ link }: { readonly link: string }) {
  return (
    <Stack gap="xs">
      <TextInput label="Invitation link" value={link} readOnly onFocus={(event) => event.currentTarget.select()} />
      <CopyButton value={link}>
        {({ copied, copy }) => <Button onClick={copy}>{copied ? 'Copied' : 'Copy link'}</Button>}
      </CopyButton>
      <Text size="sm" c="dimmed">
        Send it to whom you like. It works for seven days.
      </Text>
    </Stack>
  )
}
