import 'fake-indexeddb/auto'
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { UnknownAction } from '@reduxjs/toolkit'
import { localKeys, startLocalSupabase } from '@stowaway/local-supabase'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { createElement, type ComponentType, type ReactElement } from 'react'
import { renderToString } from 'react-dom/server'
import { Provider } from 'react-redux'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Sync, SyncState } from '../index.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))

/** What the README's module exports. */
interface Example {
  readonly supabase: SupabaseClient
  readonly sync: Sync
  readonly ready: Promise<void>
  readonly store: { dispatch: (action: UnknownAction) => void; getState: () => { sync: SyncState; todos: { ids: string[] } }; subscribe: (listener: () => void) => () => void }
  readonly lists: { actions: { listAdded: (list: object) => UnknownAction } }
  readonly todos: { actions: { todoAdded: (todo: object) => UnknownAction } }
}

async function blockOf(language: 'sql' | 'ts' | 'tsx'): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  return new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(readme)![1]!
}

async function migrationsOfReadme(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'readme-'))
  const ours = join(root, 'supabase', 'migrations')
  const general = (await readdir(ours)).filter((name) => name.includes('_sync_'))
  await Promise.all(general.map((name) => copyFile(join(ours, name), join(folder, name))))
  await writeFile(join(folder, '20990101000000_lists.sql'), await blockOf('sql'))
  return folder
}

/** Beside the package's sources, so that its imports are found as in an app that depends on the package. */
async function importBlock(language: 'ts' | 'tsx'): Promise<unknown> {
  const file = fileURLToPath(new URL(`./readme-example-${process.pid}.${language}`, import.meta.url))
  const text = await blockOf(language)
  await writeFile(file, text.replace(`'@stowaway/sync'`, `'../index.ts'`).replace(`'@stowaway/sync/react'`, `'../react/index.ts'`))
  onTestFinished(() => rm(file))
  return import(/* @vite-ignore */ pathToFileURL(file).href)
}

test('the examples of the README make a synced app', async () => {
  const backend = await startLocalSupabase({ database: { kind: 'postgres' }, migrations: await migrationsOfReadme() })
  onTestFinished(() => backend.close())
  expect(await backend.sql(`select * from sync.doctor() where severity <> 'hint'`)).toEqual([])
  for (const name of ['ann', 'ben']) await backend.createUser(`${name}@example.com`, 'packing-list')
  vi.stubEnv('VITE_SUPABASE_URL', backend.url)
  vi.stubEnv('VITE_SUPABASE_ANON_KEY', localKeys.anon)
  onTestFinished(() => void vi.unstubAllEnvs())

  const { supabase, sync, ready, store, lists, todos } = (await importBlock('ts')) as Example
  onTestFinished(() => sync.stop())
  await ready
  await supabase.auth.signInWithPassword({ email: 'ann@example.com', password: 'packing-list' })
  const until = (holds: (state: ReturnType<typeof store.getState>) => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => holds(store.getState()) && (stop(), resolve())
      const stop = store.subscribe(look)
      look()
    })
  await until(({ sync: { user } }) => user !== null)
  const list = crypto.randomUUID()
  store.dispatch(lists.actions.listAdded({ id: list, name: 'Garden' }))
  store.dispatch(todos.actions.todoAdded({ id: crypto.randomUUID(), listId: list, title: 'Plant a tree', done: false }))
  await until(({ sync: { pending, lastSuccess } }) => pending === 0 && lastSuccess !== null)
  expect(await backend.sql('select title, done from public.todos')).toEqual([{ title: 'Plant a tree', done: false }])

  const { SyncBadge } = (await importBlock('tsx')) as { SyncBadge: () => ReactElement }
  const badge = createElement(Provider as ComponentType<{ store: unknown }>, { store }, createElement(SyncBadge))
  expect(renderToString(badge)).toBe('<output data-kind="saved">all saved</output>')

  await backend.sql(`insert into public.todos (id, list_id, title) values (gen_random_uuid(), $1, 'Water it')`, [list])
  await until(({ todos: { ids } }) => ids.length === 2)
  // By a poke: the next poll is minutes away.
  await backend.sql('delete from public.lists where id = $1', [list])
  await until(({ todos: { ids } }) => ids.length === 0)
  // It is still its owner's to begin anew [PU5].
  const beginAnew = (client: SupabaseClient) => client.from('lists').insert({ id: list, name: 'Garden' })
  const ben = createClient(backend.url, localKeys.anon, { auth: { persistSession: false } })
  await ben.auth.signInWithPassword({ email: 'ben@example.com', password: 'packing-list' })
  expect(await beginAnew(ben)).toMatchObject({ status: 403, error: { code: '42501' } })
  expect(await beginAnew(supabase)).toMatchObject({ status: 201 })
})
