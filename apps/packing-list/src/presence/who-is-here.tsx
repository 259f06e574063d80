import { Avatar, Group, Text, VisuallyHidden } from '@mantine/core'
import { othersHere, type OtherHere } from '@stowaway/model'
import { selectPresent } from '@stowaway/sync'
import { selectMembers } from '../entities.ts'
import { useAppSelector } from '../store.ts'
import { useTold } from '../texts/use-telling.ts'
import { useLanguage, useTexts } from '../texts/texts.ts'

/** Who else has the trip open, and what of it. It has its room also while nobody is there, so that nothing moves when somebody comes. */
export function WhoIsHere({ tripId }: { readonly tripId: string }) {
  const texts = useTexts()
  const language = useLanguage()
  const present = useAppSelector((state) => selectPresent(state, tripId))
  const members = useAppSelector((state) => selectMembers(state, tripId))
  const user = useAppSelector((state) => state.sync.user)
  const others = othersHere({ present, members, user })
  const names = new Intl.ListFormat(language).format(others.map(({ name }) => name))
  return (
    <div className="no-print">
      {/* Who comes and goes is read out; where they look is not, as that changes often. */}
      <VisuallyHidden component="output" aria-live="polite">
        {others.length > 0 && texts.hereNow(names)}
      </VisuallyHidden>
      <Group component="ul" gap={8} justify="flex-end" mih={28} aria-label={texts.whoIsHere}>
        {others.map((other) => (
          <OnePresent key={other.userId} other={other} />
        ))}
      </Group>
    </div>
  )
}

function OnePresent({ other: { name, where } }: { readonly other: OtherHere }) {
  const place = useTold(({ state, texts }) => (where === null ? '' : (texts.views[where] ?? state.items.entities[where]?.name ?? '')))
  return (
    <Group component="li" gap={6} wrap="nowrap" maw={220}>
      <Avatar name={name} size={26} color="lagoon" alt="" aria-hidden />
      <Text size="sm" truncate>
        {name}
        {place !== '' && (
          <Text span size="sm" c="dimmed">
            {` · ${place}`}
          </Text>
        )}
      </Text>
    </Group>
  )
}
