import { Button } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { Link } from 'react-router'
import { NoticePage } from './notice-page.tsx'

export function NotFoundPage() {
  return (
    <NoticePage icon={IconMapOff} title="Nothing here" text="This address leads to no page of the packing list.">
      <Button component={Link} to="/">
        All trips
      </Button>
    </NoticePage>
  )
}
