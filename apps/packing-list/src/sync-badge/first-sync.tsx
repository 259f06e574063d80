import { Progress, Stack, Text } from '@mantine/core'
import { useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'

/** While a device that has nothing yet is being filled. How much will come nobody knows before it is there: it tells what has come. */
export function FirstSync() {
  const texts = useTexts()
  const isRunning = useAppSelector(({ sync, trips }) => sync.lastSuccess === null && sync.phase === 'pulling' && (trips.ids.length === 0 || sync.metrics.rows > 0))
  const rows = useAppSelector(({ sync }) => (isRunning ? sync.metrics.rows : 0))
  if (!isRunning) return null
  return (
    <Stack gap={4} mb="md" aria-live="polite">
      <Text size="sm">{texts.firstSync(rows)}</Text>
      <Progress value={100} animated aria-label={texts.firstSync(0)} />
    </Stack>
  )
}
