import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { openPglite } from './pglite.ts'

test('what passes the gate has the session, and with it its user, to itself', async () => {
  const database = await openPglite()
  await database.query(`
    create role authenticated nologin;
    create table public.guarded (id int);
    alter table public.guarded enable row level security`)
  const { connection, gate } = database
  const whoAmI = async (uid: string) => {
    const context = { auth: { uid, role: 'authenticated', jwt: { sub: uid } } }
    return connection.withContext<unknown>(context, async () => {
      // As a request does that waits for something else than the database.
      await setImmediate()
      const answer = await connection.driver.query(`select current_setting('request.jwt.claim.sub') as uid, current_user`)
      return answer.rows[0]
    })
  }
  const uids = Array.from({ length: 10 }, (_, index) => `user-${index}`)
  const asked = uids.map((uid) => gate(() => whoAmI(uid)))
  const owners = uids.map(() => database.query('select current_user', []))

  expect(await Promise.all(asked)).toEqual(uids.map((uid) => ({ uid, current_user: 'authenticated' })))
  expect(await Promise.all(owners)).toEqual(uids.map(() => [{ current_user: 'postgres' }]))
  await database.close()
})
