import { createHmac } from 'node:crypto'
import type { APIRequestContext, Page } from '@playwright/test'
import { localKeys } from '../packages/local-supabase/src/keys.ts'

export interface StoredSession {
  readonly access_token: string
  readonly refresh_token: string
  readonly expires_at: number
  readonly user: { readonly id: string }
}

/** What the page has stored of its session, after `change`, which makes of it what time, or somebody else, would. */
export async function alterSession(page: Page, change: Partial<StoredSession> = {}): Promise<StoredSession> {
  return page.evaluate(async (changed) => {
    const asked = indexedDB.open('stowaway:session')
    const database = await new Promise<IDBDatabase>((resolve) => asked.addEventListener('success', () => resolve(asked.result)))
    const store = database.transaction('session', 'readwrite').objectStore('session')
    // Within the function: it runs in the page.
    // oxlint-disable-next-line unicorn/consistent-function-scoping
    const request = <T>(made: IDBRequest<T>) => new Promise<T>((resolve) => made.addEventListener('success', () => resolve(made.result)))
    const key = (await request(store.getAllKeys())).find((name) => typeof name === 'string' && name.endsWith('auth-token'))!
    const session = { ...(JSON.parse(await request(store.get(key) as IDBRequest<string>)) as StoredSession), ...changed }
    await request(store.put(JSON.stringify(session), key))
    database.close()
    return session
  }, change)
}

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')

/** The same token as the server would have signed it two hours ago: it is whole, and its time is over. */
export function expired(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { iat: number; exp: number }
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded({ ...claims, iat: claims.iat - 7_200, exp: claims.iat - 3_600 })}`
  return `${signed}.${createHmac('sha256', localKeys.jwtSecret).update(signed).digest('base64url')}`
}

/** The page's token is over, and the page does not know it: only the server's 401 tells. */
export async function expireOnServer(page: Page): Promise<void> {
  const { access_token } = await alterSession(page)
  await alterSession(page, { access_token: expired(access_token) })
}

/** As the server's log has it: by whom, and what they wrote, the oldest first. `token`: of a member. */
export async function logOf(request: APIRequestContext, scope: string, token: string): Promise<{ user: string; patch: Record<string, unknown> }[]> {
  const headers = { apikey: localKeys.anon, authorization: `Bearer ${token}` }
  const response = await request.post('/rest/v1/rpc/sync_scope_history', { headers, data: { scope, before: null, at_most: 200 } })
  if (!response.ok()) throw new Error(await response.text())
  const { entries } = (await response.json()) as { entries: { user: string; patch: Record<string, unknown> }[] }
  return entries.toReversed()
}

/** Begins to note what the badge says; the result tells all of it so far, in order. */
export async function badgeTold(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.evaluate(() => {
    const told: string[] = []
    Object.assign(window, { told })
    const look = () => {
      const text = document.querySelector('output[aria-label="Sync"]')?.textContent ?? ''
      if (text !== '' && text !== told.at(-1)) told.push(text)
    }
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })
    look()
  })
  return () => page.evaluate(() => (window as unknown as { told: string[] }).told)
}
