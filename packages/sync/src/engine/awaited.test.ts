import { describe, expect, test } from 'vitest'
import { rowOf } from '../testing/builders.ts'
import { pageOf, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'

const renamed = rowOf({ version: 4, fields: { ...rowOf().fields, name: 'Tarp' } })
const alpine = rowOf({ id: 'rope', scope: 'alps', fields: { tripId: 'alps', name: 'Rope' } })

/** A device that hears pokes and holds the lakes up to their commit 7; the server has nothing new, whatever is poked. */
async function listening(): Promise<TestEngine> {
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ asOf: 700, cursors: { lakes: '7' }, rows: [rowOf({ version: 3 })] }))
  const device = await openTestEngine({ server })
  device.line('joined')
  await device.environment.settle()
  return device
}

async function pullsIn({ server, environment }: TestEngine, milliseconds: number): Promise<number> {
  const before = server.pulls.length
  await environment.advance(milliseconds)
  return server.pulls.length - before
}

describe('[PL2] a poke that overtakes the replica which answers the pull', () => {
  test('of a known scope: the server is asked again until it has that commit', async () => {
    const device = await listening()
    device.poke('lakes', 8)
    await device.environment.advance(2_000)
    expect(device.shown('items', 'tent')).toMatchObject({ name: 'Tent' })
    device.server.onPull = () => Promise.resolve(pageOf({ asOf: 701, cursors: { lakes: '8' }, rows: [renamed] }))
    await device.environment.advance(2_000)
    expect(device.shown('items', 'tent')).toMatchObject({ name: 'Tarp' })
    expect(await pullsIn(device, 60_000)).toBe(0)
  })

  test('of one that was shared just now: until it is there', async () => {
    const device = await listening()
    device.poke('alps', 1)
    await device.environment.advance(2_000)
    device.server.onPull = () => Promise.resolve(pageOf({ asOf: 701, cursors: { alps: '1' }, rows: [alpine] }))
    await device.environment.advance(2_000)
    expect(device.shown('items', 'rope')).toMatchObject({ name: 'Rope' })
    expect(await pullsIn(device, 60_000)).toBe(0)
  })

  test('is waited for ever less often, for half a minute; that the device is in step is told meanwhile', async () => {
    const device = await listening()
    const told = () => device.events.filter(({ type }) => type === 'completed').length
    const before = told()
    device.poke('lakes', 8)
    expect(await pullsIn(device, 60_000)).toBe(6)
    expect(told() - before).toBe(6)
    expect(await pullsIn(device, 60_000)).toBe(0)
  })

  test.each([
    ['that has been fetched', 'lakes', 7, 0],
    ['that does not name its commit', 'lakes', Infinity, 1],
  ])('one %s is not waited for', async (...[, scope, number, pulls]) => {
    const device = await listening()
    device.poke(scope, number)
    expect(await pullsIn(device, 60_000)).toBe(pulls)
  })

  test('of a scope that is taken away with it is not waited for', async () => {
    const device = await listening()
    device.poke('lakes', 8)
    device.server.onPull = () => Promise.resolve(pageOf({ asOf: 701, gone: [{ scope: 'lakes', reason: 'revoked' }] }))
    expect(await pullsIn(device, 60_000)).toBe(1)
  })
})
