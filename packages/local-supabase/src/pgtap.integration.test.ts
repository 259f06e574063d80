import { readFile, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import postgres from 'postgres'
import { describe, expect, test } from 'vitest'
import { pgtapSql } from './pgtap.ts'
import { startLocalSupabase } from './start.ts'
import { parseTap } from './tap.ts'
import type { Outcome } from './tap.ts'

const folder = fileURLToPath(new URL('../../../supabase/tests/database', import.meta.url))
// The official CLI runs the files where pgTAP can be created; here its functions are there without the extension.
const createPgtap = /create\s+extension\s+(?:if\s+not\s+exists\s+)?pgtap\b[^;]*;/gi

interface FileOutcome extends Outcome {
  readonly file: string
  readonly error?: unknown
}

/** As the official CLI does: every file in order of name, in one session of the owner's over a fresh database. */
async function runAll(): Promise<FileOutcome[]> {
  const supabase = await startLocalSupabase({ database: { kind: 'postgres' } })
  const session = postgres(supabase.databaseUrl ?? '', { max: 1, onnotice() {} })
  try {
    await session.unsafe(`set search_path = extensions; ${await pgtapSql()}`)
    const outcomes: FileOutcome[] = []
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()) {
      await session.unsafe('reset all; reset role; set search_path = "$user", public, extensions')
      outcomes.push(await run(session, file))
    }
    return outcomes
  } finally {
    await session.end()
    await supabase.close()
  }
}

async function run(session: postgres.Sql, file: string): Promise<FileOutcome> {
  const text = (await readFile(join(folder, file), 'utf8')).replaceAll(createPgtap, '')
  try {
    const results = await session.unsafe(text).values()
    const lines = results.flat(2).filter((value) => typeof value === 'string')
    return { file, ...parseTap(lines.join('\n')) }
  } catch (error) {
    await session.unsafe('rollback')
    return { file, assertions: [], planned: undefined, error }
  }
}

const outcomes = await runAll()

test('there are pgTAP files', () => {
  expect(outcomes).not.toEqual([])
})

describe.each(outcomes)('$file', ({ assertions, planned, error }) => {
  test('runs to its end and keeps its plan', () => {
    if (error !== undefined) throw error
    expect(assertions).toHaveLength(planned ?? 0)
  })
  for (const [index, { title, ok, details }] of assertions.entries()) {
    test(`${index + 1} ${title}`, () => {
      expect(ok ? [] : [title, ...details]).toEqual([])
    })
  }
})
