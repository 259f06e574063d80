import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hostileRuns, openHostileWorld, secret } from './hostile-testing.ts'
import type { HostileWorld } from './hostile-testing.ts'
import { hostilePull } from './hostile-values.ts'
import type { Page } from './server-testing.ts'

let world: HostileWorld
beforeAll(async () => {
  world = await openHostileWorld()
  // There are deletes to be told of, too.
  await world.owner`delete from public.items where name in (${secret}, 'shared')`
})
afterAll(() => world.close())

type Outcome = { readonly is: 'answered'; readonly text: string } | { readonly is: 'refused'; readonly code: string; readonly message: string }

async function ask(request: string): Promise<Outcome> {
  try {
    const [{ text }] = await world.asEve<[{ text: string }]>`select public.sync_pull(${request}::text::jsonb)::text as text`
    return { is: 'answered', text }
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return { is: 'refused', code, message }
  }
}

function checkRefusal({ code, message }: { code: string; message: string }): void {
  // All but the first: it is no jsonb at all, and the function is not reached.
  expect(['PT400', '22P02', '22P05', '22003', '54001']).toContain(code)
  expect(message).toMatch(/ /)
  expect(message).not.toContain(secret)
}

function checkPage(text: string): void {
  expect(text).not.toContain(secret)
  const page = JSON.parse(text) as Page | { unchanged: true }
  if ('unchanged' in page) return
  const hidden = new Set(world.hidden.map(({ scope }) => scope))
  expect(page.user).toBe(world.eve.id)
  expect([...Object.keys(page.scopes), ...page.reset, ...page.deleted.map(({ scope }) => scope)].filter((scope) => hidden.has(scope))).toEqual([])
  // That a scope is out of reach may be known by whoever knows its id: no more than that.
  expect(page.gone.filter(({ reason }) => reason !== 'revoked' && reason !== 'deleted')).toEqual([])
}

test('[PL4] [PU5] a pull that means harm is answered in its form or refused with a sentence, and tells of no scope that the caller may not see', async () => {
  const seen = { answered: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(hostilePull(world.material), async (request) => {
      const outcome = await ask(request)
      seen[outcome.is] += 1
      if (outcome.is === 'answered') checkPage(outcome.text)
      else checkRefusal(outcome)
    }),
    { numRuns: hostileRuns },
  )
  expect(Math.min(seen.answered, seen.refused)).toBeGreaterThan(hostileRuns / 20)
})
