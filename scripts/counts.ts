import { readFile, rm } from 'node:fs/promises'

export interface Counts {
  readonly passed: number
  readonly failed: number
}

export const onePassed: Counts = { passed: 1, failed: 0 }
export const oneFailed: Counts = { passed: 0, failed: 1 }

/** A report of an earlier run must not be counted when this run dies before it writes its own. */
export function forget(report: string): Promise<void> {
  return rm(report, { force: true })
}

/** Of vitest's JSON report. A run that ends badly without a failed test (a file that does not load) counts as one. */
export async function vitestCounts(report: string, endedWell: boolean): Promise<Counts> {
  const result = await readReport(report)
  return settle({ passed: numberIn(result, 'numPassedTests'), failed: numberIn(result, 'numFailedTests') }, endedWell)
}

/** Of Playwright's JSON report. */
export async function playwrightCounts(report: string, endedWell: boolean): Promise<Counts> {
  const result = await readReport(report)
  const stats = isObject(result['stats']) ? result['stats'] : {}
  return settle({ passed: numberIn(stats, 'expected'), failed: numberIn(stats, 'unexpected') + numberIn(stats, 'flaky') }, endedWell)
}

export function sum(all: readonly Counts[]): Counts {
  return all.reduce(
    (total, counts) => ({ passed: total.passed + counts.passed, failed: total.failed + counts.failed }),
    { passed: 0, failed: 0 },
  )
}

function settle(counts: Counts, endedWell: boolean): Counts {
  return endedWell || counts.failed > 0 ? counts : { ...counts, failed: 1 }
}

async function readReport(path: string): Promise<Record<string, unknown>> {
  const report: unknown = await readFile(path, 'utf8').then(
    (text): unknown => JSON.parse(text),
    () => ({}),
  )
  return isObject(report) ? report : {}
}

function numberIn(object: Record<string, unknown>, key: string): number {
  const value = object[key]
  return typeof value === 'number' ? value : 0
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
