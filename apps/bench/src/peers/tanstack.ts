import { randomUUID } from 'node:crypto'
import { createCollection, type PendingMutation } from '@tanstack/db'
import { startOfflineExecutor, type OnlineDetector, type StorageAdapter } from '@tanstack/offline-transactions'
import type { SupabaseClient } from '@supabase/supabase-js'
import type { OpenClient } from '../wire/client.ts'
import { emptyItem, type PeerItem } from './item.ts'

type Confirm = (mutations: readonly PendingMutation<PeerItem>[]) => void
const ignore: Confirm = () => {}

/** TanStack DB with offline transactions, in memory. It brings no way to fetch: rows come by a sync function that reads them in pages. */
export const openTanstack: OpenClient = async ({ supabase, trip, table }, items) => {
  let confirm: Confirm = ignore
  const collection = createCollection<PeerItem, string>({
    id: randomUUID(),
    getKey: ({ id }) => id,
    sync: {
      sync: ({ begin, write, commit, markReady }) => {
        const fill = async () => {
          const rows = await readAll(supabase, { table, trip })
          begin()
          for (const value of rows) write({ type: 'insert', value })
          await commit()
          markReady()
        }
        // What the server has taken: the edit itself is dropped when it is confirmed.
        confirm = (mutations) => {
          begin()
          for (const { type, key, modified } of mutations) write(type === 'delete' ? { type, key: String(key) } : { type, value: modified })
          void commit()
        }
        void fill()
      },
    },
  })
  await collection.preload()
  if (collection.size !== items) throw new Error(`It holds ${collection.size} of ${items} rows.`)
  const network = switchable()
  const offline = startOfflineExecutor({
    collections: { items: collection },
    mutationFns: {
      send: async ({ transaction }) => {
        const mutations = transaction.mutations as unknown as readonly PendingMutation<PeerItem>[]
        for (const mutation of mutations) await send(supabase, { table, mutation })
        confirm(mutations)
      },
    },
    storage: memory(),
    onlineDetector: network,
    leaderElection: { requestLeadership: () => Promise.resolve(true), releaseLeadership: () => {}, isLeader: () => true, onLeadershipChange: () => () => {} },
  })
  await offline.waitForInit()
  let sent: Promise<unknown>[] = []
  return {
    goOffline: () => network.set(false),
    edit: async (steps) => {
      for (const step of steps) {
        const transaction = offline.createOfflineTransaction({ mutationFnName: 'send', autoCommit: false })
        transaction.mutate(() => {
          if (step.kind === 'create') collection.insert({ ...emptyItem, id: step.id, trip_id: trip, name: step.name, quantity: step.quantity, position: step.position })
          else if (step.kind === 'delete') collection.delete(step.id)
          else collection.update(step.id, (draft) => void ((draft as { quantity: number }).quantity = step.quantity))
        })
        sent.push(transaction.commit())
      }
      // Until all are in its outbox.
      while ((await offline.peekOutbox()).length < steps.length) await new Promise((resolve) => void setTimeout(resolve, 20))
    },
    push: async () => {
      network.set(true)
      await Promise.all(sent)
      sent = []
    },
    pull: () => Promise.reject(new Error('It brings no way to pull what others changed.')),
    close: () => Promise.resolve(offline.dispose()),
  }
}

async function send(supabase: SupabaseClient, { table, mutation }: { table: string; mutation: PendingMutation<PeerItem> }): Promise<void> {
  const { type, modified, changes } = mutation
  const rows = supabase.from(table)
  if (type === 'insert') await rows.insert(modified).throwOnError()
  else if (type === 'update') await rows.update(changes).eq('id', modified.id).throwOnError()
  else await rows.delete().eq('id', String(mutation.key)).throwOnError()
}

async function readAll(supabase: SupabaseClient, { table, trip }: { table: string; trip: string }): Promise<readonly PeerItem[]> {
  const rows: PeerItem[] = []
  for (;;) {
    const { data } = await supabase.from(table).select('*').eq('trip_id', trip).order('id').range(rows.length, rows.length + 999).throwOnError()
    rows.push(...(data as PeerItem[]))
    if (data.length < 1_000) return rows
  }
}

function switchable(): OnlineDetector & { readonly set: (isOnline: boolean) => void } {
  const listeners = new Set<() => void>()
  let isOnline = true
  const notifyOnline = () => {
    for (const listener of listeners) listener()
  }
  return {
    subscribe: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    notifyOnline,
    isOnline: () => isOnline,
    dispose: () => listeners.clear(),
    set: (next) => {
      isOnline = next
      if (next) notifyOnline()
    },
  }
}

function memory(): StorageAdapter {
  const values = new Map<string, string>()
  return {
    get: (key) => Promise.resolve(values.get(key) ?? null),
    set: (key, value) => Promise.resolve(void values.set(key, value)),
    delete: (key) => Promise.resolve(void values.delete(key)),
    keys: () => Promise.resolve([...values.keys()]),
    clear: () => Promise.resolve(values.clear()),
  }
}
