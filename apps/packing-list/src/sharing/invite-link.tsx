import { Alert, Button, CopyButton, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { selectMembers } from '../entities.ts'
import { useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { createInvitation, type InvitedRole, type Reply } from './invitations.ts'

export function InviteLink({ tripId }: { readonly tripId: string }) {
  const texts = useTexts()
  const [role, setRole] = useState<InvitedRole>('editor')
  const [email, setEmail] = useState('')
  const [reply, setReply] = useState<Reply | 'none' | 'awaited'>('none')
  const offline = useAppSelector((state) => state.sync.paused.includes('offline'))

  // Members come from the server: without any, it has not heard of the trip.
  const unsent = useAppSelector((state) => selectMembers(state, tripId).length === 0)

  const create = async () => {
    setReply('awaited')
    setReply(await createInvitation(tripId, role, email.trim() || null))
  }
  // A link that has been made is for what was chosen then.
  const choose = (value: string) => {
    setRole(value === 'viewer' ? 'viewer' : 'editor')
    setReply('none')
  }
  const address = (value: string) => {
    setEmail(value)
    setReply('none')
  }
  return (
    <Stack>
      <Radio.Group label={texts.whoeverOpens} value={role} onChange={choose}>
        <Stack gap={0} mt={4}>
          <Radio value="editor" label={texts.canEdit} size="md" py={10} />
          <Radio value="viewer" label={texts.canLook} size="md" py={10} />
        </Stack>
      </Radio.Group>
      <TextInput type="email" label={texts.inviteEmail} value={email} onChange={(event) => address(event.currentTarget.value)} />
      {offline && <Alert>{texts.offlineLink}</Alert>}
      {unsent && !offline && <Alert>{texts.unsentTrip}</Alert>}
      {typeof reply === 'object' && reply.kind === 'failed' && <Alert role="alert">{texts.invitationErrors[reply.why]}</Alert>}
      {typeof reply === 'object' && reply.kind === 'done' ? (
        <CreatedLink link={reply.value} />
      ) : (
        <Button onClick={() => void create()} loading={reply === 'awaited'} disabled={offline || unsent}>
          {texts.createLink}
        </Button>
      )}
    </Stack>
  )
}

function CreatedLink({ link }: { readonly link: string }) {
  const texts = useTexts()
  return (
    <Stack gap="xs">
      <TextInput label={texts.inviteLink} value={link} readOnly onFocus={(event) => event.currentTarget.select()} />
      <CopyButton value={link}>
        {({ copied, copy }) => <Button onClick={copy}>{copied ? texts.copied : texts.copyLink}</Button>}
      </CopyButton>
      {'share' in navigator && (
        <Button variant="light" onClick={() => void navigator.share({ title: texts.joinMe, url: link }).catch(ignore)}>
          {texts.sendLink}
        </Button>
      )}
      <Text size="sm" c="dimmed">
        {texts.linkLasts}
      </Text>
    </Stack>
  )
}

/** Somebody changed their mind: the link is still on screen. */
const ignore = (): void => {}
