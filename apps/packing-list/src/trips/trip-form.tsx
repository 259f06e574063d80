import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { entered, onEntered } from '../form.ts'
import type { TripDetails } from './trips-slice.ts'

interface TripFormProps {
  readonly submit: string
  readonly onSubmit: (details: TripDetails) => void
  /** The values to begin with. */
  readonly trip?: TripDetails
}

export function TripForm({ submit, onSubmit, trip }: TripFormProps) {
  const [firstDay, setFirstDay] = useState(trip?.startsOn ?? '')
  const send = (form: FormData) =>
    onSubmit({
      name: entered(form, 'name') ?? '',
      destination: entered(form, 'destination'),
      startsOn: entered(form, 'startsOn'),
      endsOn: entered(form, 'endsOn'),
      conditions: trip?.conditions ?? [],
    })
  return (
    <form onSubmit={onEntered(send)}>
      <Stack>
        {/* A blank is not a name: the pattern asks for one other character. */}
        <TextInput
          name="name"
          label="Trip name"
          defaultValue={trip?.name}
          maxLength={200}
          pattern=".*\S.*"
          required
          data-autofocus
        />
        <TextInput name="destination" label="Destination" defaultValue={trip?.destination ?? ''} />
        <Group grow>
          <TextInput
            name="startsOn"
            label="First day"
            type="date"
            value={firstDay}
            onChange={(event) => setFirstDay(event.currentTarget.value)}
          />
          <TextInput name="endsOn" label="Last day" type="date" defaultValue={trip?.endsOn ?? ''} min={firstDay} />
        </Group>
        <Button type="submit">{submit}</Button>
      </Stack>
    </form>
  )
}
