import './production.ts'
import type { Storage } from '@stowaway/sync'
import { openLocalDevice, type LocalDevice } from './local-device.ts'
import { pagesOf, pulledRows, someIds } from './rows.ts'
import { bareStore } from './store.ts'

/** Writes by how many bytes the heap has grown with 10,000 rows in a store: `bare`, with Stowaway, or with a change waiting on each. */
const rows = 10_000
const held = process.argv[2]

/** IndexedDB keeps what it is given outside the heap. */
function farStorage(): Storage {
  let [number, sequence] = [0, 0]
  return {
    readAll: () => Promise.resolve([]),
    commit: ({ append = [] }) => Promise.resolve({ number: (number += 1), sequences: append.map(() => (sequence += 1)), term: 1, named: 0 }),
    // A device that misses something reads everything, and here there is nothing to be read.
    lastCommit: () => Promise.resolve(0),
    close: () => {},
  }
}

/** The least that is seen in half a second: timers and the compiler let go late of what nobody needs any more. */
async function heapUsed(): Promise<number> {
  if (gc === undefined) throw new Error('Run it with --expose-gc.')
  const seen: number[] = []
  while (seen.length < 10) {
    await new Promise((resolve) => void setTimeout(resolve, 50))
    gc()
    seen.push(process.memoryUsage().heapUsed)
  }
  return Math.min(...seen)
}

function fillBare({ store }: LocalDevice, ids: readonly string[]): () => unknown {
  const entities = Object.fromEntries(pulledRows(ids, 1).map(({ id, fields }) => [id, { id, tripId: '', quantity: 0, ...fields }]))
  const bare = bareStore({ ...store.getState(), items: { ids: Object.keys(entities), entities } })
  return () => bare.getState()
}

async function fillDevice(device: LocalDevice, ids: readonly string[]): Promise<() => unknown> {
  await device.pull(pagesOf(pulledRows(ids, 1), 1))
  if (held === 'changes') {
    for (const item of Object.values(device.store.getState().items.entities)) device.edit(item, { ...item, quantity: 9 })
    await device.flush()
  }
  return () => device.store.getState()
}

// One of each first: what is compiled and cached then is not what rows cost.
const empty = await openLocalDevice({ storage: farStorage() })
await fillDevice(empty, someIds(1))
const device = await openLocalDevice({ storage: farStorage() })
const before = await heapUsed()
const keep = held === 'bare' ? fillBare(device, someIds(rows)) : await fillDevice(device, someIds(rows))
const after = await heapUsed()
keep()
await device.close()
await empty.close()
process.stdout.write(String(after - before))
