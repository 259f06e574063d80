import { Badge, Button, ColorSwatch, Group, Text } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { Person } from '@stowaway/model'
import { peopleSlice, selectPeople } from '../entities.ts'
import { changedFields } from '../form.ts'
import { withRules } from '../rules/with-rules.ts'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { PersonPopover, type PersonDetails } from './person-popover.tsx'

const colors = ['#d9643a', '#2f7fc1', '#8a5cc2', '#3f9142', '#c9487f', '#a57c1b']

interface PeopleChipsProps {
  readonly tripId: string
  readonly editable: boolean
}

/** Who is packed for. */
export function PeopleChips({ tripId, editable }: PeopleChipsProps) {
  const people = useAppSelector((state) => selectPeople(state, tripId))
  const texts = useTexts()
  const dispatch = useAppDispatch()
  const add = ({ name, ageGroup }: PersonDetails) => {
    const position = Math.max(-1, ...people.map((person) => person.position)) + 1
    dispatch(withRules(tripId, peopleSlice.added({ id: crypto.randomUUID(), tripId, name, ageGroup, position, color: colors[position % colors.length] ?? null })))
  }
  return (
    <Group component="ul" aria-label={texts.people} gap={6} mt="md">
      {people.map((person) => (
        <li key={person.id} aria-label={person.name} style={{ maxWidth: '100%' }}>
          {editable ? <EditablePerson person={person} /> : <PersonBadge person={person} />}
        </li>
      ))}
      {editable && (
        <li className="no-print">
          <PersonPopover submit={texts.add} onSubmit={add}>
            {/* One button before and after the first person: it keeps the focus. */}
            <Button variant="subtle" radius="xl" px="sm" aria-label={texts.addPerson} title={texts.addPerson}>
              <IconPlus size={20} aria-hidden />
              {people.length === 0 && (
                <Text span inherit ml={6}>
                  {texts.addPerson}
                </Text>
              )}
            </Button>
          </PersonPopover>
        </li>
      )}
    </Group>
  )
}

function EditablePerson({ person }: { readonly person: Person }) {
  const { id, tripId, name } = person
  const texts = useTexts()
  const dispatch = useAppDispatch()
  return (
    <PersonPopover
      person={person}
      submit={texts.save}
      onSubmit={(details) => dispatch(withRules(tripId, peopleSlice.changed(id, changedFields<Person>(person, details))))}
      onRemove={() => dispatch(withRules(tripId, peopleSlice.removed(id)))}
    >
      <Button variant="default" radius="xl" px="sm" maw="100%" aria-label={texts.edit(name)} leftSection={<Dot person={person} />}>
        <Text span inherit truncate dir="auto">
          {name}
        </Text>
      </Button>
    </PersonPopover>
  )
}

function PersonBadge({ person }: { readonly person: Person }) {
  return (
    <Badge variant="default" size="xl" tt="none" fw={500} maw="100%" leftSection={<Dot person={person} />}>
      {person.name}
    </Badge>
  )
}

function Dot({ person }: { readonly person: Person }) {
  return <ColorSwatch size={12} color={person.color ?? 'gray'} withShadow={false} aria-hidden />
}
