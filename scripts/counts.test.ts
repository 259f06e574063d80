import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { forget, playwrightCounts, sum, vitestCounts } from './counts.ts'

async function reportOf(content: unknown): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'report-')), 'report.json')
  await writeFile(path, JSON.stringify(content))
  return path
}

test('the counts are those of the reports', async () => {
  const vitest = await vitestCounts(await reportOf({ numPassedTests: 7, numFailedTests: 2 }), false)
  expect(vitest).toEqual({ passed: 7, failed: 2 })
  const playwright = await playwrightCounts(await reportOf({ stats: { expected: 3, unexpected: 1, flaky: 1 } }), false)
  expect(playwright).toEqual({ passed: 3, failed: 2 })
  expect(sum([vitest, playwright])).toEqual({ passed: 10, failed: 4 })
})

test('a file that does not load counts as a failed test', async () => {
  const testResults = [
    { status: 'failed', assertionResults: [] },
    { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] },
    { status: 'passed', assertionResults: [{ status: 'passed' }] },
  ]
  const report = await reportOf({ numPassedTests: 2, numFailedTests: 1, testResults })
  expect(await vitestCounts(report, false)).toEqual({ passed: 2, failed: 2 })
})

test('a run that ends badly is never counted as good', async () => {
  expect(await vitestCounts(await reportOf({ numPassedTests: 7, numFailedTests: 0 }), false)).toEqual({ passed: 7, failed: 1 })
  const report = await reportOf({ numPassedTests: 7 })
  await forget(report)
  expect(await vitestCounts(report, false)).toEqual({ passed: 0, failed: 1 })
  expect(await playwrightCounts(report, false)).toEqual({ passed: 0, failed: 1 })
})
