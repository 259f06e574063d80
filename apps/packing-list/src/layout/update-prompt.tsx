import { Affix, Button, Group, Paper, Text } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'

/** A new version has taken over in the background, or runs in another tab; this page still runs the old one, and does so until it is loaded anew. */
export function UpdatePrompt() {
  const texts = useTexts()
  const [isReady, setIsReady] = useState(false)
  const isOutdated = useAppSelector(({ sync }) => sync.outdated)
  useEffect(() => {
    if (!('serviceWorker' in navigator)) return
    const { serviceWorker } = navigator
    // The first one of all is no update.
    if (serviceWorker.controller === null) return
    const onChange = () => setIsReady(true)
    serviceWorker.addEventListener('controllerchange', onChange)
    return () => serviceWorker.removeEventListener('controllerchange', onChange)
  }, [])
  if (!isReady && !isOutdated) return null
  return (
    <Affix position={{ bottom: 16, left: 16, right: 16 }}>
      <Paper withBorder shadow="md" radius="md" p="sm" maw={420} mx="auto" component="output" display="block">
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm">{texts.newVersion}</Text>
          <Button size="xs" onClick={() => window.location.reload()}>
            {texts.reload}
          </Button>
        </Group>
      </Paper>
    </Affix>
  )
}
