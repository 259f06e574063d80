import { ThemeIcon, VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle, IconCloudUp } from '@tabler/icons-react'
import { useEntityStatus } from '@stowaway/sync/react'
import { useTexts } from '../texts/texts.ts'

interface PendingMarkProps {
  readonly collection: string
  readonly id: string
}

/** A small cloud beside what the others cannot see yet; nothing beside what they can. */
export function PendingMark({ collection, id }: PendingMarkProps) {
  const texts = useTexts()
  const status = useEntityStatus(collection, id)
  if (status === 'saved') return null
  const needsPerson = status === 'conflict' || status === 'refused'
  const label = needsPerson ? texts.inConflict : texts.waits
  const Icon = needsPerson ? IconAlertTriangle : IconCloudUp
  return (
    <ThemeIcon variant="transparent" size="sm" color={needsPerson ? 'amber' : 'gray'} title={label} className="no-print">
      <Icon size={16} aria-hidden />
      <VisuallyHidden>{label}</VisuallyHidden>
    </ThemeIcon>
  )
}
