import { Anchor } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { Link } from 'react-router'
import { useTexts } from '../texts/texts.ts'

/** The way back. */
export function AllTrips() {
  return (
    <Anchor component={Link} to="/" size="sm" mih={44} display="inline-flex" style={{ alignItems: 'center', gap: 4, alignSelf: 'flex-start' }}>
      <IconArrowLeft size={18} aria-hidden /> {useTexts().allTrips}
    </Anchor>
  )
}
