import { type TripDetails } from '@stowaway/model'
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { entered, onEntered } from '../form.ts'
import { useTexts } from '../texts/texts.ts'
import { ConditionChips } from './condition-chips.tsx'

interface TripFormProps {
  readonly submit: string
  readonly onSubmit: (details: TripDetails) => void
  /** The values to begin with. */
  readonly trip?: TripDetails
}

export function TripForm({ submit, onSubmit, trip }: TripFormProps) {
  const texts = useTexts()
  const [firstDay, setFirstDay] = useState(trip?.startsOn ?? '')
  const [conditions, setConditions] = useState(trip?.conditions ?? [])
  const send = (form: FormData) =>
    onSubmit({
      name: entered(form, 'name') ?? '',
      destination: entered(form, 'destination'),
      startsOn: entered(form, 'startsOn'),
      endsOn: entered(form, 'endsOn'),
      conditions,
    })
  return (
    <form onSubmit={onEntered(send)}>
      <Stack>
        {/* A blank is not a name: the pattern asks for one other character. */}
        <TextInput
          name="name"
          label={texts.tripName}
          defaultValue={trip?.name}
          maxLength={200}
          pattern=".*\S.*"
          required
          data-autofocus
        />
        <TextInput name="destination" label={texts.destination} defaultValue={trip?.destination ?? ''} maxLength={200} />
        <Group grow>
          <TextInput
            name="startsOn"
            label={texts.firstDay}
            type="date"
            value={firstDay}
            onChange={(event) => setFirstDay(event.currentTarget.value)}
          />
          <TextInput name="endsOn" label={texts.lastDay} type="date" defaultValue={trip?.endsOn ?? ''} min={firstDay} />
        </Group>
        <ConditionChips value={conditions} onChange={setConditions} />
        <Button type="submit">{submit}</Button>
      </Stack>
    </form>
  )
}
