import { mkdir } from 'node:fs/promises'
import type { PGlite, Transaction } from '@electric-sql/pglite'
import { createPgliteConnection } from '@supabase/lite/pglite'
import type { PgliteConnection } from '@supabase/lite/pglite'
import type { Database, Query, Row } from './database.ts'
import { createGate } from './gate.ts'

export interface PgliteDatabase extends Database {
  readonly connection: PgliteConnection
}

/** `folder` undefined: in memory. The caller holds the folder's lock: a second process would corrupt the data. */
export async function openPglite(folder?: string): Promise<PgliteDatabase> {
  if (folder !== undefined) await mkdir(folder, { recursive: true })
  const connection = await createPgliteConnection({ url: folder ?? 'memory://' })
  const { driver } = connection
  const gate = createGate(1)

  return {
    connection,
    gate,
    query: (text, parameters) => gate(() => queryOn(driver)(text, parameters)),
    transaction: (work) => gate(() => driver.transaction((transaction) => work(queryOn(transaction)))),
    listen: async (channel, onNotice) => {
      await gate(() => driver.listen(channel, onNotice))
    },
    close: () => gate(() => connection.close()),
  }
}

function queryOn(session: PGlite | Transaction): Query {
  return async (text, parameters) => {
    if (parameters !== undefined) return (await session.query<Row>(text, parameters)).rows
    return (await session.exec(text)).at(-1)?.rows ?? []
  }
}
