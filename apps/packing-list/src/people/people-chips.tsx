import { Badge, Button, ColorSwatch, Group } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { Person } from '@stowaway/model'
import { useAppDispatch, useAppSelector } from '../store.ts'
import { selectPeople } from './people-selectors.ts'
import { personAdded, personChanged, personRemoved } from './people-slice.ts'
import { PersonPopover } from './person-popover.tsx'

const colors = ['#d9643a', '#2f7fc1', '#8a5cc2', '#3f9142', '#c9487f', '#a57c1b']

interface PeopleChipsProps {
  readonly tripId: string
  readonly editable: boolean
}

/** Who is packed for. */
export function PeopleChips({ tripId, editable }: PeopleChipsProps) {
  const people = useAppSelector((state) => selectPeople(state, tripId))
  const dispatch = useAppDispatch()
  const add = (name: string) => {
    const position = Math.max(-1, ...people.map((person) => person.position)) + 1
    dispatch(personAdded({ tripId, name, position, ageGroup: null, color: colors[position % colors.length] ?? null }))
  }
  return (
    <Group component="ul" aria-label="People" gap={6} mt="md">
      {people.map((person) => (
        <li key={person.id} aria-label={person.name}>
          {editable ? <EditablePerson person={person} /> : <PersonBadge person={person} />}
        </li>
      ))}
      {editable && (
        <li>
          <PersonPopover name="" submit="Add" onSubmit={add}>
            <Button variant="subtle" radius="xl" px="sm" leftSection={<IconPlus size={18} aria-hidden />}>
              Add person
            </Button>
          </PersonPopover>
        </li>
      )}
    </Group>
  )
}

function EditablePerson({ person }: { readonly person: Person }) {
  const { id, name } = person
  const dispatch = useAppDispatch()
  return (
    <PersonPopover
      name={name}
      submit="Save"
      onSubmit={(next) => dispatch(personChanged({ id, changes: { name: next } }))}
      onRemove={() => dispatch(personRemoved(id))}
    >
      <Button variant="default" radius="xl" px="sm" aria-label={`Edit ${name}`} leftSection={<Dot person={person} />}>
        {name}
      </Button>
    </PersonPopover>
  )
}

function PersonBadge({ person }: { readonly person: Person }) {
  return (
    <Badge variant="default" size="xl" tt="none" fw={500} leftSection={<Dot person={person} />}>
      {person.name}
    </Badge>
  )
}

function Dot({ person }: { readonly person: Person }) {
  return <ColorSwatch size={12} color={person.color ?? 'gray'} withShadow={false} aria-hidden />
}
