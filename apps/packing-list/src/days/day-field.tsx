import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { useEffect, useEffectEvent, useState } from 'react'

interface DayFieldProps {
  readonly label: string
  readonly placeholder: string
  readonly value: string | null
  readonly onSet: (value: string | null) => void
}

/** Not each letter is a change. */
const pause = 800

/** Written when it is left, when the typing pauses, and when the page is hidden. What arrives meanwhile does not touch what is being typed. */
export function DayField({ label, placeholder, value, onSet }: DayFieldProps) {
  const [typed, setTyped] = useState<{ readonly text: string; readonly isWritten: boolean } | null>(null)
  const next = typed?.text.trim() || null
  const write = () => {
    if (typed === null || typed.isWritten) return
    setTyped({ ...typed, isWritten: true })
    if (next !== value) onSet(next)
  }
  const writeLatest = useEffectEvent(write)
  const onPause = useDebouncedCallback(() => writeLatest(), pause)
  useEffect(() => {
    const leave = () => writeLatest()
    document.addEventListener('visibilitychange', leave)
    return () => {
      document.removeEventListener('visibilitychange', leave)
      leave()
    }
  }, [])
  // As it was typed, blanks and all, for as long as it says the same.
  const shown = typed !== null && (!typed.isWritten || next === value) ? typed.text : (value ?? '')
  return (
    <TextInput
      flex={1}
      size="sm"
      aria-label={label}
      placeholder={placeholder}
      value={shown}
      maxLength={200}
      onChange={(event) => {
        setTyped({ text: event.currentTarget.value, isWritten: false })
        onPause()
      }}
      onBlur={write}
    />
  )
}
