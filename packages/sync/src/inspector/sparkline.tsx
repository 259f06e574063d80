import type { ReactNode } from 'react'

interface SparklineProps {
  readonly label: string
  readonly values: readonly number[]
  readonly unit: string
}

const [width, height] = [160, 36]

/** A small chart of the last values, the newest at the right, with the newest in figures. */
export function Sparkline({ label, values, unit }: SparklineProps): ReactNode {
  const most = Math.max(1, ...values)
  const points = values.map((value, place) => `${(place / Math.max(1, values.length - 1)) * width},${height - (value / most) * (height - 2)}`)
  const latest = values.at(-1)
  return (
    <figure style={{ margin: 0 }}>
      <figcaption>{`${label}: ${latest === undefined ? '–' : `${Math.round(latest)} ${unit}`}`}</figcaption>
      <svg width={width} height={height} aria-hidden>
        <polyline points={points.join(' ')} fill="none" stroke="currentColor" strokeWidth={1.5} />
      </svg>
    </figure>
  )
}
