import { Button, Loader } from '@mantine/core'
import { IconMailOpened } from '@tabler/icons-react'
import { useCallback, useEffect, useState } from 'react'
import { Navigate, useParams } from 'react-router'
import { NoticePage } from '../layout/notice-page.tsx'
import { useAppSelector } from '../store.ts'
import { sync } from '../sync.ts'
import { selectTrip } from '../trips/trips-selectors.ts'
import { acceptInvitation, type Reply } from './invitations.ts'

export function JoinPage() {
  const { token = '' } = useParams()
  const [reply, setReply] = useState<Reply | 'awaited'>('awaited')
  const tripId = reply !== 'awaited' && reply.kind === 'done' ? reply.value : ''
  const arrived = useAppSelector((state) => selectTrip(state, tripId) !== undefined)

  const accept = useCallback(async () => {
    setReply(await acceptInvitation(token))
    // The trip is fetched like any other: by the next pull.
    sync.now()
  }, [token])
  useEffect(() => void accept(), [accept])

  const retry = () => {
    setReply('awaited')
    void accept()
  }

  if (arrived) return <Navigate to={`/trips/${tripId}`} replace />
  if (reply !== 'awaited' && reply.kind === 'failed') {
    return (
      <NoticePage icon={IconMailOpened} title="You could not join" text={reply.text}>
        <Button onClick={retry}>Try again</Button>
      </NoticePage>
    )
  }
  return (
    <NoticePage icon={IconMailOpened} title="Joining the trip" text="Its list is on the way to this device.">
      <Loader type="dots" aria-label="Joining" />
    </NoticePage>
  )
}
