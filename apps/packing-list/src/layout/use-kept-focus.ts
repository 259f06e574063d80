import { useLayoutEffect, useRef, type RefObject } from 'react'

/** As `ref` of what appears in the place of a button: the focus is in it from the start. */
export const focusFirst = (element: HTMLElement | null): void => element?.focus()

/** When the element goes, whoever has removed it, the focus that was in it goes on to `next` of it, and does not fall to the top of the page. `next` is looked at once. */
export function useKeptFocus<E extends HTMLElement>(next: (element: E) => HTMLElement | null | undefined): RefObject<E | null> {
  const element = useRef<E>(null)
  const kept = useRef(next)
  useLayoutEffect(() => {
    const [shown, choose] = [element.current, kept.current]
    return () => {
      if (shown?.contains(document.activeElement)) choose(shown)?.focus({ preventScroll: true })
    }
  }, [])
  return element
}
