import { createEntityAdapter } from '@reduxjs/toolkit'
import { expect, test } from 'vitest'
import { createSync, manual, memoryStorage, type SyncOptions } from './index.ts'
import { stubSupabase } from './test/stubbed-app.ts'

interface Todo {
  readonly id: string
  readonly listId: string
  readonly title: string
}
const adapter = createEntityAdapter<Todo>()
const lists = { adapter: createEntityAdapter<{ readonly id: string; readonly name: string }>(), scope: 'id' } as const
const { supabase } = stubSupabase(() => 0)
const given = { supabase, storage: () => Promise.resolve(memoryStorage()) }

// The compiler is the test: it reports an expected error that does not come.
test('names that are right pass, by hand, widened or as options of any app', () => {
  const widened = { lists, todos: { adapter, scope: 'listId', references: { listId: 'lists' } } }
  const any: SyncOptions = { ...given, collections: widened }
  const custom = { scope: 'anything', read: () => ({}), write: (state: object) => state }
  const coded = { adapter, scope: 'list', codec: { toFields: ({ listId, ...rest }: Todo) => ({ ...rest, list: listId }), toEntity: ({ list, ...rest }: Omit<Todo, 'listId'> & { readonly list: string }) => ({ ...rest, listId: list }) } }
  const made = [
    createSync({ ...given, collections: { lists, todos: { adapter, scope: 'listId', references: { listId: 'lists' }, merge: { title: manual() }, serverFields: ['createdAt'], table: 'tasks', columns: { listId: 'list' } } } }),
    createSync({ ...given, collections: widened }),
    createSync(any),
    createSync({ ...given, collections: { custom, coded } }),
  ]
  expect(made).toHaveLength(4)
})

test('a mistyped scope, field or parent does not compile', () => {
  const made = [
    // @ts-expect-error -- listid
    createSync({ ...given, collections: { todos: { adapter, scope: 'listid' } } }),
    // @ts-expect-error -- titel
    createSync({ ...given, collections: { todos: { adapter, scope: 'listId', merge: { titel: manual() } } } }),
    // @ts-expect-error -- listid
    createSync({ ...given, collections: { lists, todos: { adapter, scope: 'listId', references: { listid: 'lists' } } } }),
    // @ts-expect-error -- numbers would be given twice
    createSync({ ...given, collections: { todos: { adapter: createEntityAdapter<{ readonly id: number }>(), scope: 'id' } } }),
    // @ts-expect-error -- prioriti
    createSync({ ...given, collections: { todos: { adapter, scope: 'listId', prioriti: 'high' } } }),
    // @ts-expect-error -- keepDate
    createSync({ ...given, collections: { todos: { adapter, scope: 'listId' } }, keepDate: false }),
  ]
  expect(made).toHaveLength(6)
  // @ts-expect-error -- list
  expect(() => createSync({ ...given, collections: { lists, todos: { adapter, scope: 'listId', references: { listId: 'list' } } } })).toThrow('refers to list')
})
