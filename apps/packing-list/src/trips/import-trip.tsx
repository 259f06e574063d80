import { useNavigate } from 'react-router'
import { FileButton } from '../layout/file-button.tsx'
import { useAppDispatch } from '../store.ts'
import { useTexts } from '../texts/texts.ts'
import { importTrip } from './trip-actions.ts'

/** Takes in a trip that was saved as a file. */
export function ImportTrip() {
  const dispatch = useAppDispatch()
  const navigate = useNavigate()
  return <FileButton label={useTexts().importTrip} onText={(text) => void navigate(`/trips/${dispatch(importTrip(text))}`)} />
}
