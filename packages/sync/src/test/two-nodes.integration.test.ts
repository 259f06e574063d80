import { startLocalSupabase, type LocalSupabase } from '@stowaway/local-supabase'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryStorage } from '../index.ts'
import { items, openDevice, trips, type Device } from './device.ts'
import { nodeOf, routerTo } from './node-router.ts'

let nodes: LocalSupabase[]
let ann: Device
let ben: Device
let fetchRouted: typeof fetch

/** Each account is made at the first node, and copied: what a distribution by scope would have as a table on every node. */
beforeAll(async () => {
  nodes = await Promise.all([1, 2].map(() => startLocalSupabase({ database: { kind: 'postgres' } })))
  const [first, second] = nodes as [LocalSupabase, LocalSupabase]
  fetchRouted = routerTo([first.url, second.url])
  const open = async (name: string) => {
    const email = `${name}@example.com`
    const { id } = await first.createUser(email, 'packing-list', name)
    await second.sql('insert into auth.users (id, email) values ($1, $2)', [id, email])
    return openDevice({ url: first.url, anonKey: first.anonKey, email, password: 'packing-list', storage: memoryStorage(), fetch: fetchRouted })
  }
  ann = await open('ann')
  ben = await open('ben')
})
afterAll(async () => {
  await Promise.all([ann.sync.stop(), ben.sync.stop()])
  await Promise.all(nodes.map((node) => node.close()))
})

const homeOf = (scope: string) => nodes.find(({ url }) => url === nodeOf(scope, nodes.map((node) => node.url))) as LocalSupabase
const otherThan = (node: LocalSupabase) => nodes.find((one) => one !== node) as LocalSupabase

/** The id of a trip that one of the nodes will keep. */
function idAt(place: number): string {
  for (;;) {
    const id = crypto.randomUUID()
    if (homeOf(id) === nodes[place]) return id
  }
}

async function userId({ supabase }: Device): Promise<string> {
  const { data } = await supabase.auth.getUser()
  return data.user?.id ?? ''
}

const itemNames = (device: Device) => Object.values(device.items()).map(({ name, quantity }) => `${name} ${quantity}`).sort()
const tripsOf = (device: Device) => [...device.store.getState().trips.ids].sort()

/** Only the first node's pokes are heard: of the others' news a device learns at its next full pull. */
async function heard(device: Device, isThere: () => boolean): Promise<void> {
  device.sync.now()
  await device.until(isThere)
}

const add = (tripId: string, name: string) => {
  const id = crypto.randomUUID()
  ann.dispatch(items.slice.actions.added({ id, tripId, name, quantity: 1, packed: false }))
  return id
}

test('[PU1] [PL1] [PL4] two nodes with the trips split between them serve one device as one does: edits, conflicts, deletes, revoked and deleted trips', async () => {
  const all = [idAt(0), idAt(1), idAt(0), idAt(1)]
  const [here, there, , last] = all as [string, string, string, string]
  for (const id of all) ann.dispatch(trips.slice.actions.added({ id, name: 'Lakes' }))
  const made = all.flatMap((id) => ['tent', 'stove', 'map'].map((name) => add(id, name)))
  await ann.settled()
  for (const id of all) {
    expect(await homeOf(id).sql('select count(*)::int as items from public.items where trip_id = $1', [id])).toEqual([{ items: 3 }])
    expect(await otherThan(homeOf(id)).sql('select id from public.trips where id = $1', [id])).toEqual([])
    await homeOf(id).sql(`insert into public.trip_members (trip_id, user_id, role) values ($1, $2, 'editor')`, [id, await userId(ben)])
  }
  await heard(ben, () => itemNames(ben).length === 12)
  expect(itemNames(ben)).toEqual(itemNames(ann))

  ann.sync.pause()
  for (const [place, id] of made.entries()) {
    if (place % 3 === 2) ben.dispatch(items.slice.actions.removed(id))
    else ben.dispatch(items.slice.actions.changed({ id, changes: { name: 'Ben’s' } }))
    if (place % 3 === 0) ann.dispatch(items.slice.actions.changed({ id, changes: { quantity: 2 } }))
  }
  await ben.settled()
  ann.sync.resume()
  await ann.settled()
  const both = all.flatMap(() => ['Ben’s 1', 'Ben’s 2']).sort()
  expect(itemNames(ann)).toEqual(both)
  await heard(ben, () => itemNames(ben).join() === both.join())

  await homeOf(there).sql('delete from public.trip_members where trip_id = $1 and user_id = $2', [there, await userId(ben)])
  ann.dispatch(trips.slice.actions.removed(here))
  await ann.settled()
  expect(tripsOf(ann)).toEqual(all.slice(1).sort())
  await heard(ben, () => tripsOf(ben).join() === all.slice(2).sort().join())
  expect(Object.values(ben.items()).filter(({ tripId }) => tripId === here || tripId === there)).toEqual([])
  add(last, 'late')
  await ann.settled()
  await heard(ben, () => itemNames(ben).includes('late 1'))
  for (const device of [ann, ben]) expect(device.state()).toMatchObject({ pending: 0, conflicts: [], rejected: [] })
})

test('[A7] a unit whose trips lie on two nodes cannot be done as one: it waits in the tray, and nothing of it was done', async () => {
  const unit = [idAt(0), idAt(1)]
  ann.sync.atomically(() => {
    for (const id of unit) ann.dispatch(trips.slice.actions.added({ id, name: 'Both or none' }))
  })
  await ann.settled()
  expect(new Set(ann.state().rejected.map(({ id }) => id))).toEqual(new Set(unit))
  expect(ann.state().rejected.map(({ code }) => code)).toContain('unit_across_nodes')
  for (const node of nodes) expect(await node.sql('select id from public.trips where id = any($1::uuid[])', [unit])).toEqual([])
})

test('[PL9] an idle poll of both is one short answer, also through the router', async () => {
  const since = ann.state().lastSuccess ?? 0
  await ann.settled()
  expect(ann.state().lastSuccess).toBeGreaterThan(since)
  const pull = async (request: object) => (await ann.supabase.rpc('sync_pull', { request }).throwOnError()).data as { readonly etag?: string }
  const { etag } = await pull({ cursors: {} })
  expect(etag?.split(' ')).toHaveLength(2)
  expect(await pull({ etag })).toEqual({ unchanged: true })
})
