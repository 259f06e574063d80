import { inspect } from 'node:util'
import { App } from '@supabase/lite'
import type { Database } from './database.ts'
import type { Handler } from './http.ts'
import { localKeys } from './keys.ts'
import { platformSql } from './platform-sql.ts'

export interface Api {
  /** Writes the schemas that are there before the first migration. */
  prepare(): Promise<void>
  /** To be called after the migrations: the schema is read once, and two first requests at once would both read it. */
  warmUp(): Promise<void>
  /** Of /rest/v1 and /auth/v1. */
  readonly answer: Handler
}

/** `jwtExpiry` in seconds. */
export function openApi(database: Database, jwtExpiry: number): Api {
  const { connection } = database
  const lite = new App({
    connection,
    api: { schemas: ['public'] },
    auth: {
      enabled: true,
      enable_signup: true,
      email: { enable_signup: true, enable_confirmations: false },
      jwt_secret: localKeys.jwtSecret,
      jwt_expiry: jwtExpiry,
      publishable_key: localKeys.anon,
      secret_key: localKeys.service,
    },
  })
  quieten(connection)
  // At its first request @supabase/lite would grant everything on every table of each schema that has a policy.
  // A hosted project does nothing of the kind, and tests of grants would test @supabase/lite.
  Reflect.set(connection, 'rlsState', 'active')

  const answer: Handler = async (request) => {
    // Read first: a client that sends its body slowly, or never, must not hold a place at the gate.
    const body = request.body === null ? null : await request.arrayBuffer()
    const { url, method, headers } = request
    return database.gate(async () => lite.fetch(new Request(url, { method, headers, body })))
  }
  return {
    answer,
    prepare: async () => {
      await lite.ensureSystemSchema()
      await database.query(platformSql)
    },
    warmUp: async () => {
      await answer(new Request('http://127.0.0.1/rest/v1/', { headers: { apikey: localKeys.service } }))
    },
  }
}

/** @supabase/lite prints the stack of each refused request; a refusal is an answer, and one line is enough of it. */
function quieten(connection: Database['connection']): void {
  const normalize = connection.normalizeDbError.bind(connection)
  connection.normalizeDbError = (error) => {
    const normalized = normalize(error)
    if (!(normalized instanceof Error)) return normalized
    return Object.assign(normalized, { [inspect.custom]: () => `Refused by the database: ${normalized.message}` })
  }
}
