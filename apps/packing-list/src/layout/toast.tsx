import { Affix, Button, Group, Paper, Text } from '@mantine/core'
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react'

/** A sentence about what was just done where it may not be seen, and what can be done about it. */
export interface Said {
  readonly text: string
  readonly action?: { readonly label: string; readonly run: () => void }
}

const SayContext = createContext<(said: Said) => void>(() => {})

/** Says something at the foot of the page for a while; what is said next takes its place. */
export const useSay = (): ((said: Said) => void) => useContext(SayContext)

/** Long enough to read it and to reach it; what it offers can be had elsewhere too. */
const milliseconds = 8_000

export function Toasts({ children }: { readonly children: ReactNode }) {
  const [said, setSaid] = useState<Said | null>(null)
  useEffect(() => {
    if (said === null) return
    const timer = setTimeout(() => setSaid(null), milliseconds)
    return () => clearTimeout(timer)
  }, [said])
  const act = () => {
    said?.action?.run()
    setSaid(null)
  }
  return (
    <SayContext value={setSaid}>
      {children}
      <Affix position={{ bottom: 16, left: 16, right: 16 }} className="no-print" style={{ pointerEvents: 'none' }}>
        {/* There before anything is said, or it would not be read out. */}
        <output aria-live="polite" style={{ display: 'block' }}>
          {said !== null && (
            <Paper shadow="md" radius="md" py={6} px="md" maw={460} mx="auto" bg="var(--toast)" c="white" style={{ pointerEvents: 'auto' }}>
              <Group justify="space-between" wrap="nowrap" mih={44}>
                <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                  {said.text}
                </Text>
                {said.action && (
                  <Button variant="white" color="dark" style={{ flexShrink: 0 }} onClick={act}>
                    {said.action.label}
                  </Button>
                )}
              </Group>
            </Paper>
          )}
        </output>
      </Affix>
    </SayContext>
  )
}
