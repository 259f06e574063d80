import { TextInput } from '@mantine/core'
import { useEffect, useEffectEvent, useState } from 'react'

interface DayFieldProps {
  readonly label: string
  readonly placeholder: string
  readonly value: string | null
  readonly onSet: (value: string | null) => void
}

/** Written when it is left, as not each letter is a change, or when the page is: hidden, closed, or exchanged for another one. What arrives meanwhile does not touch what is being typed. */
export function DayField({ label, placeholder, value, onSet }: DayFieldProps) {
  const [typed, setTyped] = useState<string | null>(null)
  const write = () => {
    setTyped(null)
    const next = typed?.trim() || null
    if (typed !== null && next !== value) onSet(next)
  }
  const onLeave = useEffectEvent(write)
  useEffect(() => {
    const leave = () => onLeave()
    document.addEventListener('visibilitychange', leave)
    window.addEventListener('pagehide', leave)
    return () => {
      document.removeEventListener('visibilitychange', leave)
      window.removeEventListener('pagehide', leave)
      leave()
    }
  }, [])
  return (
    <TextInput
      flex={1}
      size="sm"
      aria-label={label}
      placeholder={placeholder}
      value={typed ?? value ?? ''}
      maxLength={200}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={write}
    />
  )
}
