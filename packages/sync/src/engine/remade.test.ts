import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { seal } from '../core/sealed.ts'
import type { Answer, Change } from '../core/types.ts'
import { changeOf, opOf, recordedOf, recordsIn, rowOf } from '../testing/builders.ts'
import { pageOf, pushResult, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { memoryStorage } from './memory-storage.ts'
import { sealedWrite, sortOut } from './opening.ts'
import { remadeChanges } from './remade.ts'

/** Two edits of the tent are on their way, the second in the first's place by now; of the given ones the record is damaged. */
async function damagedInFlight(...damaged: readonly number[]) {
  const storage = memoryStorage()
  const edits = [changeOf(), changeOf({ patch: { name: 'Tarp' }, baseValues: { name: 'Big tent' } })]
  const op = opOf([recordedOf(1), recordedOf(2)], { patch: { name: 'Tarp' }, baseValues: { name: 'Tent' } })
  await storage.commit(sealedWrite({ append: edits, puts: [[keys.batch, { batchId: 'b', ops: [op] }], [keys.page('items', 'lakes', 0), { rows: [rowOf()] }]] }))
  await storage.commit({ puts: damaged.map((sequence) => [keys.change(sequence), { ...seal(edits[0]), checksum: 0 }]) })
  return { storage, op }
}

const edited = { name: 'Tarp' }
/** With what goes out again, and what is in the tray then. */
const answers: readonly (readonly [Answer['status'], (opId: string) => Answer, readonly object[], readonly object[]])[] = [
  ['conflict', (opId) => ({ opId, status: 'conflict', row: rowOf({ version: 5, fields: { tripId: 'lakes', name: 'Tent', quantity: 2 } }), edits: {} }), [edited], []],
  ['deleted', (opId) => ({ opId, status: 'deleted' }), [], []],
  ['invalid', (opId) => ({ opId, status: 'invalid', code: '23514', message: 'Too long.' }), [], [edited]],
]

describe('[OB8] a change that is damaged while it is on its way is made again from its op', () => {
  test.each(answers.flatMap(([status, ...rest]) => [[1], [2], [1, 2]].map((damaged) => [status, damaged, ...rest] as const)))('%s, damaged: %s: the loop goes on, and what was edited is kept', async (...[, damaged, answer, again, kept]) => {
    const { storage } = await damagedInFlight(...damaged)
    const server = scriptedServer()
    server.onPull = () => Promise.resolve(pageOf())
    let isFirst = true
    const { onPush } = server
    server.onPush = (batch) => {
      if (!isFirst) return onPush(batch)
      isFirst = false
      return Promise.resolve(pushResult(batch.ops.map(({ opId }) => answer(opId))))
    }
    const { events, environment, state } = await openTestEngine({ storage, server })
    await environment.advance(10_000)
    expect(events.filter(({ type }) => type === 'failed')).toEqual([])
    expect(state().pending).toBe(0)
    expect(server.pushes.slice(1).flatMap((ops) => ops.map(({ patch }) => patch))).toEqual(again)
    expect(state().rejected.map(({ changes }) => changes.at(-1)?.patch)).toEqual(kept)
  })

  test('for good: the next start finds it as any other', async () => {
    const { storage } = await damagedInFlight(1, 2)
    const { environment, engine } = await openTestEngine({ storage, online: false })
    await environment.advance(1_000)
    await engine.close()
    const held = await recordsIn(storage)
    expect(held.get(keys.change(1))).toMatchObject({ patch: { name: 'Tarp' }, baseValues: { name: 'Tent' }, sequence: 1 })
    expect(held.has(keys.change(2))).toBe(false)
    expect(sortOut(await storage.readAll()).repair.puts).toEqual([])
  })

  test('[A7] in the unit of the other ops, where one of theirs is whole', () => {
    const group: Change['group'] = { groupId: 'pack', atomic: true, cause: 'edit' }
    const ops = [opOf([recordedOf(1)], { unit: 'u' }), opOf([recordedOf(2, { id: 'cup' })], { unit: 'u' })]
    const { puts } = remadeChanges(new Map<string, unknown>([[keys.batch, { batchId: 'b', ops }], [keys.change(2), recordedOf(2, { id: 'cup', group })]]))
    expect(puts).toMatchObject([[keys.change(1), { id: 'tent', user: 'ann', group }]])
  })
})
