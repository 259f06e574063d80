import { Button } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useTexts } from '../texts/texts.ts'
import { NoticePage } from './notice-page.tsx'

export function NotFoundPage() {
  const texts = useTexts()
  return (
    <NoticePage icon={IconMapOff} title={texts.nothingHere} text={texts.nothingHereText}>
      <Button component={Link} to="/">
        {texts.allTrips}
      </Button>
    </NoticePage>
  )
}
