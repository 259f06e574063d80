import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useLayoutEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react'

interface LongListProps {
  readonly ids: readonly string[]
  readonly row: (id: string) => ReactNode
  readonly labelledBy: string
}

/** Pixels of a row with one line: where more is in it, it is measured. */
const rowHeight = 64

/** A list that stands in the page as a whole, of which only the rows near the screen are drawn; on paper, all. */
export function LongList(props: LongListProps) {
  const isOnPaper = useSyncExternalStore(subscribe, () => isPrinting)
  return isOnPaper ? <ul aria-labelledby={props.labelledBy}>{props.ids.map(props.row)}</ul> : <RowsOnScreen {...props} />
}

let isPrinting = false

function subscribe(changed: () => void): () => void {
  const tell = ({ type }: Event) => {
    isPrinting = type === 'beforeprint'
    changed()
  }
  for (const moment of moments) addEventListener(moment, tell)
  return () => moments.forEach((moment) => removeEventListener(moment, tell))
}

const moments = ['beforeprint', 'afterprint']

function RowsOnScreen({ ids, row, labelledBy }: LongListProps) {
  const list = useRef<HTMLUListElement>(null)
  const [top, setTop] = useState(0)
  // Where it begins moves with what is above it.
  useLayoutEffect(() => setTop((list.current?.getBoundingClientRect().top ?? 0) + window.scrollY), [ids.length])
  // oxlint-disable-next-line react/incompatible-library -- what it returns is used in this render only
  const virtualizer = useWindowVirtualizer({ count: ids.length, estimateSize: () => rowHeight, overscan: 12, scrollMargin: top, getItemKey: (index) => ids[index]! })
  return (
    <ul ref={list} aria-labelledby={labelledBy} style={{ position: 'relative', height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map(({ index, key, start }) => (
        <div
          key={key}
          role="presentation"
          data-index={index}
          ref={virtualizer.measureElement}
          style={{ position: 'absolute', insetInline: 0, top: 0, transform: `translateY(${start - top}px)` }}
        >
          {row(ids[index]!)}
        </div>
      ))}
    </ul>
  )
}
