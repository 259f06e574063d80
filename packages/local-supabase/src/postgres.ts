import { createPostgresConnection } from '@supabase/lite/postgres'
import type { ISql } from 'postgres'
import type { Database, Query, Row } from './database.ts'
import { createGate } from './gate.ts'

// A request may need a second connection while it holds one. With a gate narrower than the pool there is always one
// left; without, enough requests at once would wait for each other for ever.
const requestsAtOnce = 20
const poolSize = 40

// @supabase/lite turns json arguments into strings, and postgres.js would do it again.
const json = {
  serialize: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
  parse: (text: string): unknown => JSON.parse(text),
}
const types = {
  json: { to: 114, from: [114], ...json },
  jsonb: { to: 3802, from: [3802], ...json },
}

/** `stop` ends what stands behind the address; it runs after all connections have been closed. */
export function openPostgres(url: string, stop: () => Promise<void>): Database {
  const connection = createPostgresConnection({ url, postgresOptions: { onnotice() {}, max: poolSize, types } })
  const { driver } = connection

  return {
    connection,
    url,
    gate: createGate(requestsAtOnce),
    query: queryOn(driver),
    transaction: async <T>(work: (query: Query) => Promise<T>) => {
      const outcome = await driver.begin(async (session) => ({ value: await work(queryOn(session)) }))
      return outcome.value
    },
    listen: async (channel, onNotice) => {
      await driver.listen(channel, onNotice)
    },
    close: async () => {
      // A query that hangs on a lock must not keep the stand-in from closing.
      await driver.end({ timeout: 1 })
      await stop()
    },
  }
}

function queryOn(session: ISql<Record<string, unknown>>): Query {
  return async (text, parameters) => {
    if (parameters !== undefined) return [...(await session.unsafe<Row[]>(text, parameters))]
    // Several statements at once answer with a list of results, one alone with its rows.
    const result = await session.unsafe<Array<Row | Row[]>>(text)
    const last = result.at(-1)
    return isRows(last) ? [...last] : result.filter(isRow)
  }
}

function isRows(result: Row | Row[] | undefined): result is Row[] {
  return Array.isArray(result)
}

function isRow(result: Row | Row[]): result is Row {
  return !Array.isArray(result)
}
