import { Button, Group, Modal, Text } from '@mantine/core'
import type { Trip } from '@stowaway/model'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { tripsSlice } from '../entities.ts'
import { changedFields } from '../form.ts'
import { HistoryList } from '../history/history-list.tsx'
import { TripRules } from '../rules/trip-rules.tsx'
import { withRules } from '../rules/with-rules.ts'
import { useAppDispatch } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { TripForm } from './trip-form.tsx'

export type TripDialog = 'none' | 'edit' | 'rules' | 'history' | 'delete'

interface TripDialogsProps {
  readonly trip: Trip
  readonly open: TripDialog
  readonly onClose: () => void
}

export function TripDialogs({ trip, open, onClose }: TripDialogsProps) {
  const texts = useTexts()
  return (
    <>
      <Modal opened={open === 'edit'} onClose={onClose} title={texts.editTrip}>
        <EditTrip trip={trip} onDone={onClose} />
      </Modal>
      <Modal opened={open === 'rules'} onClose={onClose} title={texts.rulesOfTrip} size="lg">
        <TripRules tripId={trip.id} />
      </Modal>
      <Modal opened={open === 'history'} onClose={onClose} title={texts.historyOf(trip.name)} size="lg">
        <HistoryList subject={{ scope: trip.id }} />
      </Modal>
      <Modal opened={open === 'delete'} onClose={onClose} title={texts.deleteTripNamed(trip.name)}>
        <DeleteTrip trip={trip} onClose={onClose} />
      </Modal>
    </>
  )
}

interface EditTripProps {
  readonly trip: Trip
  readonly onDone: () => void
}

/** Compares with the trip as it was when the form opened, whatever has arrived since. */
function EditTrip({ trip, onDone }: EditTripProps) {
  const texts = useTexts()
  const [opened] = useState(trip)
  const dispatch = useAppDispatch()
  return (
    <TripForm
      submit={texts.save}
      trip={opened}
      onSubmit={(details) => {
        dispatch(withRules(opened.id, tripsSlice.changed(opened.id, changedFields<Trip>(opened, details))))
        onDone()
      }}
    />
  )
}

function DeleteTrip({ trip, onClose }: Omit<TripDialogsProps, 'open'>) {
  const texts = useTexts()
  const dispatch = useAppDispatch()
  const navigate = useNavigate()
  const remove = () => {
    void navigate('/')
    dispatch(tripsSlice.removed(trip.id))
  }
  return (
    <>
      <Text>{texts.deleteTripText}</Text>
      <Group mt="lg" justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {texts.keepIt}
        </Button>
        <Button color="red" onClick={remove}>
          {texts.deleteTrip}
        </Button>
      </Group>
    </>
  )
}
