import { Box, Progress, Stack, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconCloudDown } from '@tabler/icons-react'
import { useEffect, useState, type ReactNode } from 'react'
import { NoticePage } from '../layout/notice-page.tsx'
import { useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'

/** Milliseconds in which a tab that is alone comes to lead. */
const soon = 1_000
/** Milliseconds for which nothing is said. */
const moment = 400

/** While a device that has nothing yet is being filled: until the server has answered once, nobody can say that there is no trip. */
export function useIsFirstSync(): boolean {
  const [isNew, setIsNew] = useState(true)
  useEffect(() => {
    const timer = setTimeout(() => setIsNew(false), soon)
    return () => clearTimeout(timer)
  }, [])
  const isEmpty = useAppSelector(({ trips }) => trips.ids.length === 0)
  const isAwaited = useAppSelector(({ sync }) => sync.user !== null && sync.lastSuccess === null)
  // A tab beside another that leads is never told when all is there; what is there it shows.
  const mayFetch = useAppSelector(({ sync }) => sync.paused.every((reason) => reason === 'follower' && isNew))
  const isComing = useAppSelector(({ sync }) => sync.phase === 'pulling' && sync.metrics.rows > 0)
  // Once there is something to see, a moment's fetching is not worth a word.
  const [hasBeenComing] = useDebouncedValue(isComing, moment)
  return isAwaited && (isEmpty ? mayFetch : isComing && hasBeenComing)
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
