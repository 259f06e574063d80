import { writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import type { Ratio } from './measure.ts'

/** One line of the table. A goal is a ratio: times of another machine say nothing. `null`: told, without a goal. */
export interface Comparison extends Ratio {
  /** The row of the figures: P1, M1, S1. */
  readonly figure: string
  readonly what: string
  readonly against: string
  readonly unit: 'ms' | 'µs' | 'B' | 'kB' | 'MB' | 'requests' | 'rows' | 'transactions' | 'ops' | '/s'
  readonly goal: number | null
}

/** What is measured together, and of which figures lines come out. */
export interface Part {
  readonly figures: readonly string[]
  readonly measure: () => Promise<Comparison[]>
}

const isMet = ({ ratio, goal }: Comparison): boolean | null => (goal === null ? null : ratio <= goal)

const head = ['', 'what', 'ours', 'reference', '', 'against', 'ratio', 'quartiles', 'goal', '']

export function table(comparisons: readonly Comparison[]): string {
  const lines = [head, ...comparisons.map(cells)]
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
  return lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column]!)).join('  ').trimEnd()).join('\n')
}

/** The same as a table of Markdown. */
export function markdown(comparisons: readonly Comparison[]): string {
  return [head, head.map(() => '---'), ...comparisons.map(cells)].map((line) => `| ${line.join(' | ')} |`).join('\n')
}

function cells(comparison: Comparison): string[] {
  const { figure, what, ours, reference, unit, against, ratio, spread, goal } = comparison
  const met = isMet(comparison)
  const verdict = met === null ? '' : met ? 'met' : 'MISSED'
  const goalText = goal === null ? '' : `<= ${goal.toFixed(2)}`
  return [figure, what, number(ours), number(reference), unit, against, ratio.toFixed(2), spread.map((end) => end.toFixed(2)).join(' to '), goalText, verdict]
}

export async function writeResults(path: string | URL, comparisons: readonly Comparison[]): Promise<void> {
  const machine = { node: process.version, platform: `${process.platform} ${process.arch}`, cpu: cpus()[0]?.model, cores: cpus().length, load: loadavg() }
  const results = { time: new Date().toISOString(), machine, comparisons: comparisons.map((comparison) => ({ ...comparison, met: isMet(comparison) })) }
  await writeFile(path, `${JSON.stringify(results, null, 2)}\n`)
}

const number = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 })
