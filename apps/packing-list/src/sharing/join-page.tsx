import { Button, Loader } from '@mantine/core'
import { IconMailOpened } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { Navigate, useParams } from 'react-router'
import { tripsSlice } from '../entities.ts'
import { NoticePage } from '../layout/notice-page.tsx'
import { useAppSelector } from '../store.ts'
import { sync } from '../sync.ts'
import { useTexts } from '../texts/texts.ts'
import { acceptInvitation, type Reply } from './invitations.ts'

/** The trip itself comes like any other: with the next pull. */
async function join(token: string): Promise<Reply> {
  const reply = await acceptInvitation(token)
  sync.now()
  return reply
}

export function JoinPage() {
  const texts = useTexts()
  const { token = '' } = useParams()
  const [reply, setReply] = useState<Reply | 'awaited'>('awaited')
  const tripId = reply !== 'awaited' && reply.kind === 'done' ? reply.value : ''
  const arrived = useAppSelector((state) => tripsSlice.selectById(state, tripId) !== undefined)

  useEffect(() => void join(token).then(setReply), [token])
  const retry = () => {
    setReply('awaited')
    void join(token).then(setReply)
  }

  if (arrived) return <Navigate to={`/trips/${tripId}`} replace />
  if (reply !== 'awaited' && reply.kind === 'failed') {
    return (
      <NoticePage icon={IconMailOpened} title={texts.joinFailed} text={texts.invitationErrors[reply.why]}>
        <Button onClick={retry}>{texts.tryAgain}</Button>
      </NoticePage>
    )
  }
  return (
    <NoticePage icon={IconMailOpened} title={texts.joining} text={texts.joiningText}>
      <Loader type="dots" aria-label={texts.joining} />
    </NoticePage>
  )
}
