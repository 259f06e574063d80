import { describe, expect, test } from 'vitest'
import { rowHash } from '../core/row-hash.ts'
import { rowOf } from '../testing/builders.ts'
import { pageOf, scriptedServer } from '../testing/scripted-server.ts'
import { openTestEngine, type TestEngineParts } from '../testing/test-engine.ts'
import type { PullPage } from './ports.ts'

const rows = [rowOf({ version: 3 }), rowOf({ id: 'cup', version: 5 }), rowOf({ id: 'rope', scope: 'alps', version: 2 })]
const sumOf = (scope: string) => rows.reduce((sum, row) => (row.scope === scope ? (sum ^ rowHash(row.id, row.version)) >>> 0 : sum), 0)
const right = { lakes: sumOf('lakes'), alps: sumOf('alps') }
const wrong = { ...right, lakes: right.lakes + 1 }
const minutes = 60_000

/** A device that has pulled everything. Each checked pull gets the next of these checksums, at the end the last one. */
async function deviceWith(sums: readonly NonNullable<PullPage['checksums']>[], given: TestEngineParts = {}) {
  const server = scriptedServer()
  const left = [...sums]
  server.onPull = ({ cursors, check, etag }) => {
    if (etag !== null) return Promise.resolve('unchanged')
    const isWhole = cursors?.['lakes'] === undefined || cursors['lakes'] === '0'
    return Promise.resolve(pageOf({
      etag: 'e',
      cursors: { lakes: '7', alps: '4' },
      rows: isWhole ? rows : [],
      checksums: check ? (left.length > 1 ? left.shift()! : left[0]!) : null,
    }))
  }
  const device = await openTestEngine({ server, ...given })
  const checks = () => server.pulls.filter(({ check }) => check).map(({ cursors }) => cursors?.['lakes'])
  const told = () => device.events.filter(({ type }) => type === 'checksumsDiffered')
  return { ...device, checks, told }
}

describe('[PL7] checksums', () => {
  test('are asked for at the start and every ten minutes, and not by other pulls', async () => {
    const { environment, checks, told, server } = await deviceWith([right])
    expect(checks()).toEqual([undefined])
    await environment.advance(9 * minutes)
    expect(checks()).toHaveLength(1)
    await environment.advance(minutes + 8_000)
    expect(checks()).toEqual([undefined, '7'])
    expect(server.pulls.length).toBeGreaterThan(60)
    expect(told()).toEqual([])
  })

  test('that agree on the second look change nothing: the first was of another moment', async () => {
    const { checks, told } = await deviceWith([wrong, right])
    expect(checks()).toEqual([undefined, '7'])
    expect(told()).toEqual([])
  })

  test('that differ twice have that scope fetched anew, and no other; what waits stays', async () => {
    const { engine, edit, environment, server, told, state, checks } = await deviceWith([right, wrong, wrong, right])
    await engine.hold('items')
    edit(rows[0]!.fields, { ...rows[0]!.fields, name: 'Big tent' })
    await environment.advance(10 * minutes + 8_000)
    expect(checks()).toEqual([undefined, '7', '7', '0'])
    expect(server.pulls.findLast(({ check }) => check)?.cursors).toEqual({ lakes: '0', alps: '4' })
    expect(told()).toEqual([{ type: 'checksumsDiffered', scopes: ['lakes'], outcome: 'fetched-anew' }])
    expect(state().pending).toBe(1)
  })

  test('that differ even then are told once, and the scope is left until the next start', async () => {
    const { environment, checks, told, storage } = await deviceWith([wrong])
    expect(checks()).toEqual([undefined, '7', '0'])
    const both = [{ type: 'checksumsDiffered', scopes: ['lakes'], outcome: 'fetched-anew' }, { type: 'checksumsDiffered', scopes: ['lakes'], outcome: 'left' }]
    expect(told()).toEqual(both)
    await environment.advance(25 * minutes)
    expect(told()).toEqual(both)
    expect(checks()).toEqual([undefined, '7', '0', '7', '7'])
    const next = await deviceWith([wrong], { storage })
    expect(next.told()).toEqual(both)
  })

  test('are asked for after a resync', async () => {
    const { engine, environment, checks } = await deviceWith([right])
    await engine.resync('lakes')
    await environment.settle()
    expect(checks()).toEqual([undefined, '0'])
  })

  test('of a scope in which nothing is left are none', async () => {
    const { told, checks } = await deviceWith([{ ...right, gone: 5 }, right])
    expect([checks(), told()]).toEqual([[undefined], []])
  })

  test('a server that gives none is asked again at the next check', async () => {
    const server = scriptedServer()
    server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '7' }, rows, etag: null }))
    const { environment } = await openTestEngine({ server })
    await environment.advance(minutes)
    expect(server.pulls.filter(({ check }) => check)).toHaveLength(1)
  })
})
