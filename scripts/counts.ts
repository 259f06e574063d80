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

/** Of vitest's JSON report. A file that does not load has no failed test, and counts as one. */
export async function vitestCounts(report: string, endedWell: boolean): Promise<Counts> {
  const result = await readReport(report)
  const files = listIn(result, 'testResults').filter((file) => file['status'] === 'failed')
  const unloaded = files.filter((file) => listIn(file, 'assertionResults').every((test) => test['status'] !== 'failed'))
  const failed = numberIn(result, 'numFailedTests') + unloaded.length
  return settle({ passed: numberIn(result, 'numPassedTests'), failed }, endedWell)
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

/** A run that ends badly in some other way, before its report even, is not counted as good. */
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

function listIn(object: Record<string, unknown>, key: string): Array<Record<string, unknown>> {
  const value = object[key]
  return Array.isArray(value) ? value.filter(isObject) : []
}

function numberIn(object: Record<string, unknown>, key: string): number {
  const value = object[key]
  return typeof value === 'number' ? value : 0
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
