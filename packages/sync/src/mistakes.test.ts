import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { tellMistakes } from './mistakes.ts'
import { openStubbedApp, stubbedApp } from './test/stubbed-app.ts'
import type { WireAnswer, WireOp } from './supabase/wire.ts'

const answering =
  (status: 'invalid' | 'not_found', code: string) =>
  ({ op_id }: WireOp): WireAnswer => ({ op_id, status, code, message: 'Unknown or server-owned column: weigth.' })

async function listeningApp(items: object = {}) {
  const told: string[] = []
  const app = await openStubbedApp({ items, options: { warn: (sentence) => told.push(sentence) } })
  return { ...app, told }
}

test('a change that cannot be recorded is told with why, once for all that are alike', async () => {
  const app = await listeningApp()
  app.add('tent', { tripId: undefined })
  app.add('map', { tripId: undefined })
  expect(app.told).toEqual([expect.stringMatching(/^Stowaway: An edit was put back\. .*items\/tent names no scope: its field tripId /)])
})

test('what a schema refuses is for the user, and not told', async () => {
  const app = await listeningApp({ schema: z.object({ name: z.string().min(1) }) })
  app.add('tent', { name: '' })
  expect(app.items()).toEqual({})
  expect(app.told).toEqual([])
})

test('a refusal of the server is told with its reason and where to look; what others did meanwhile is not', async () => {
  const app = await listeningApp()
  app.stub.answer = answering('invalid', '22000')
  app.add('tent')
  app.add('map')
  await app.synced()
  expect(app.told).toEqual([expect.stringMatching(/items\/tent, in the table items, as invalid \(22000\): "Unknown or server-owned column: weigth\." .*state\.sync\.rejected.*sync\.register_table.*sync\.doctor\(\)/)])
  app.stub.answer = answering('not_found', 'not_found')
  app.add('stove')
  await app.synced()
  expect(app.state().rejected).toHaveLength(3)
  expect(app.told).toHaveLength(1)
})

test('functions that are not in the database are told with what is missing, and a want of network is not', async () => {
  const app = await listeningApp()
  app.stub.online = false
  app.add('tent')
  await app.synced()
  expect(app.state().lastError).toMatchObject({ kind: 'network' })
  expect(app.told).toEqual([])
  app.stub.online = true
  const missing = { data: null, error: { code: 'PGRST202', message: 'Could not find the function public.sync_push' }, status: 404 }
  app.stub.supabase.rpc = (() => ({ abortSignal: () => Promise.resolve(missing) })) as never
  await app.synced()
  expect(app.told).toEqual([expect.stringMatching(/Could not find the function public\.sync_push.*migrations of @stowaway\/sync/)])
})

test('a scope that its user may not see is told when it is taken off the screen, and other pulls are not', () => {
  const told: string[] = []
  const listener = tellMistakes((sentence) => told.push(sentence), String)
  const pulled = { type: 'pulled', rows: 0, deleted: 0, milliseconds: 9, more: false } as const
  listener(pulled)
  expect(told).toEqual([])
  listener({ ...pulled, hidden: ['lakes'] })
  expect(told).toEqual([expect.stringMatching(/lakes .* `sync\.my_scopes\(\)` does not name it\./)])
})

test('without a setting it is told to the console', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const app = stubbedApp()
  await app.sync.start(app.store)
  await app.environment.settle()
  app.add('tent', { tripId: '' })
  expect(warn.mock.calls).toEqual([[expect.stringContaining('names no scope')]])
  warn.mockRestore()
})
