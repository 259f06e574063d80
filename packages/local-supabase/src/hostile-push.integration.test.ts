import { randomUUID } from 'node:crypto'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hostileRuns, openHostileWorld, secret } from './hostile-testing.ts'
import type { HostileWorld } from './hostile-testing.ts'
import { hostileGroup, hostilePush } from './hostile-values.ts'
import type { Answer } from './server-testing.ts'

const statuses = ['applied', 'merged', 'duplicate', 'conflict', 'deleted', 'not_found', 'forbidden', 'invalid', 'undone']

interface Result {
  readonly user: string
  readonly answers: readonly Answer[]
}

let world: HostileWorld
beforeAll(async () => {
  world = await openHostileWorld()
})
afterAll(() => world.close())

/** A create that nothing is wrong with, in a trip that the others do not name. */
const sound = () => JSON.stringify({ op_id: randomUUID(), collection: 'items', kind: 'create', id: randomUUID(), scope: world.quiet, patch: { name: 'sound' }, time: new Date().toISOString() })

function check(ops: readonly string[], text: string): void {
  expect(text).not.toContain(secret)
  const { user, answers } = JSON.parse(text) as Result
  expect(user).toBe(world.eve.id)
  expect(answers).toHaveLength(ops.length)
  for (const [index, answer] of answers.entries()) {
    expect(statuses).toContain(answer.status)
    const isRefusal = answer.status === 'forbidden' || answer.status === 'invalid'
    expect(isRefusal).toBe(answer.code !== undefined)
    expect(answer.message === undefined || answer.message.includes(' ')).toBe(true)
    // Of an op that came twice the second is told what became of the first.
    const isOwnAnswer = answers.filter(({ op_id }) => op_id === answer.op_id).length === 1
    const told = isOwnAnswer && isOfHiddenRow(ops[index] ?? '') ? Object.keys(answer) : []
    expect(told.filter((name) => name === 'version' || name === 'row' || name === 'fields')).toEqual([])
  }
}

function isOfHiddenRow(op: string): boolean {
  const { collection, id } = (JSON.parse(op) ?? {}) as { collection?: unknown; id?: unknown }
  return world.hidden.some((target) => target.collection === collection && target.id === id)
}

test('a push that means harm [PU3] [PU5] [PU6] has an answer for each op, tells nothing, writes nothing of others, and harms no sound op beside it', async () => {
  const before = await world.untouchable()
  await fc.assert(
    fc.asyncProperty(hostilePush(world.material), fc.nat(), async (given, place) => {
      const ops = [sound(), ...given, sound()]
      ops.splice(1 + (place % given.length), 0, sound())
      const [result] = await world.asEve<[{ text: string }]>`select public.sync_push(${`[${ops.join(',')}]`}::text::json, 'hostile')::text as text`
      check(ops, result.text)
      const { answers } = JSON.parse(result.text) as Result
      const places = [0, 1 + (place % given.length), ops.length - 1]
      expect(places.map((index) => answers[index]?.status)).toEqual(['applied', 'applied', 'applied'])
      expect(await world.untouchable()).toBe(before)
    }),
    { numRuns: hostileRuns },
  )
})

test('groups that mean harm [PU3] [PU5] [PU6] do none either, and the sound ops beside them and among them are done', async () => {
  const before = await world.untouchable()
  await fc.assert(
    fc.asyncProperty(fc.array(hostileGroup(world.material), { minLength: 1, maxLength: 4 }), async (groups) => {
      const ids = [randomUUID(), randomUUID(), randomUUID()]
      const spoilt = `["${randomUUID()}","${randomUUID()}",null,0]`
      const group = `{"collection":"items","kind":"create","scope":"${world.quiet}","time":"2026-07-01T10:00:00Z","columns":["name"],"ops":[["${ids[0]}","${randomUUID()}",null,0,"sound"],${spoilt}]}`
      const single = sound()
      const ops = [single, group, ...groups, group.replace(ids[0] ?? '', ids[1] ?? '').replaceAll(/"[0-9a-f-]{36}",null/g, () => `"${randomUUID()}",null`)]
      const [result] = await world.asEve<[{ text: string }]>`select public.sync_push(${`[${ops.join(',')}]`}::text::json, 'hostile')::text as text`
      expect(result.text).not.toContain(secret)
      const { answers } = JSON.parse(result.text) as Result
      const statusOf = (id: string | undefined) => answers.find(({ op_id }) => op_id === id)?.status
      expect([statusOf((JSON.parse(single) as { op_id: string }).op_id), statusOf(ids[0]), statusOf(ids[1])]).toEqual(['applied', 'applied', 'applied'])
      expect(answers.map(({ status }) => status).filter((status) => !statuses.includes(status))).toEqual([])
      expect(await world.untouchable()).toBe(before)
    }),
    { numRuns: hostileRuns },
  )
})
