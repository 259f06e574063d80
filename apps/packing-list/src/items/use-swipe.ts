import { useRef, useState, type PointerEvent } from 'react'

/** Pixels: from here on it is a swipe and no tap, and from there on it is meant. */
const [begins, counts] = [12, 96]

interface Swipes {
  readonly onRight: () => void
  readonly onLeft: () => void
}

/**
 * With a finger only. `by`: pixels by which the row follows it, to the left below zero; `isMeant`: let go now, it counts. The
 * element needs `touch-action: pan-y`: what goes up or down is the browser's, which then cancels the swipe.
 */
export function useSwipe({ onRight, onLeft }: Swipes) {
  const start = useRef<number | null>(null)
  const [by, setBy] = useState(0)
  const end = () => {
    start.current = null
    setBy(0)
  }
  const isMeant = Math.abs(by) >= counts
  return {
    by,
    isMeant,
    handlers: {
      onPointerDown: ({ pointerType, isPrimary, clientX }: PointerEvent) => {
        if (pointerType === 'touch' && isPrimary) start.current = clientX
      },
      onPointerMove: ({ clientX }: PointerEvent) => {
        if (start.current === null) return
        const distance = clientX - start.current
        if (by !== 0 || Math.abs(distance) >= begins) setBy(distance)
      },
      onPointerUp: () => {
        if (isMeant) (by > 0 ? onRight : onLeft)()
        end()
      },
      onPointerCancel: end,
    },
  }
}
