import { Box, Progress, Stack, Text } from '@mantine/core'
import { IconCloudDown } from '@tabler/icons-react'
import { useEffect, useState, type ReactNode } from 'react'
import { NoticePage } from '../layout/notice-page.tsx'
import { useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'

/** Milliseconds in which a tab that is alone comes to lead. */
const soon = 1_000

/** While a device that has nothing yet is being filled: until the server has answered once, nobody can say that there is no trip. */
export function useIsFirstSync(): boolean {
  const [isNew, setIsNew] = useState(true)
  useEffect(() => {
    const timer = setTimeout(() => setIsNew(false), soon)
    return () => clearTimeout(timer)
  }, [])
  return useAppSelector(({ sync, trips }) => {
    if (sync.user === null || sync.lastSuccess !== null) return false
    // A tab beside another that leads is never told when all is there; what is there it shows.
    const mayFetch = sync.paused.every((reason) => reason === 'follower' && isNew)
    return trips.ids.length === 0 ? mayFetch : sync.phase === 'pulling' && sync.metrics.rows > 0
  })
}

/** How much will come nobody knows before it is there: it tells what has come. */
export function FirstSync() {
  const isRunning = useIsFirstSync()
  return isRunning && <Fetching />
}

/** In the place of trips of which none has come yet. */
export function FirstSyncPage({ children }: { readonly children?: ReactNode }) {
  const texts = useTexts()
  return (
    <NoticePage icon={IconCloudDown} title={texts.fetchingTrips} text={texts.fetchingTripsText}>
      <Box w="100%">
        <Fetching />
      </Box>
      {children}
    </NoticePage>
  )
}

function Fetching() {
  const texts = useTexts()
  const rows = useAppSelector(({ sync }) => sync.metrics.rows)
  return (
    <Stack gap={4} mb="md" aria-live="polite">
      <Text size="sm">{texts.firstSync(rows)}</Text>
      <Progress value={100} animated aria-label={texts.firstSync(0)} />
    </Stack>
  )
}
