import { describe, expect, test } from 'vitest'
import { memoryStorage } from '../index.ts'
import { recordsIn } from '../testing/builders.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { scriptedServer } from '../testing/scripted-server.ts'
import { tabsOfOneProcess } from '../testing/tabs-of-one-process.ts'
import { openTestEngine, type TestEngine } from '../testing/test-engine.ts'

/** Four tabs of one device, the first of which leads; each has a server of its own, so that it can be told who sends what. */
async function fourTabs() {
  const [storage, environment, process] = [memoryStorage(), fakeEnvironment(), tabsOfOneProcess()]
  const tabs: TestEngine[] = []
  while (tabs.length < 4) tabs.push(await openTestEngine({ storage, environment, server: scriptedServer(), parts: { openTabs: process.open } }))
  await environment.advance(1_000)
  const waiting = async () => [...(await recordsIn(storage)).keys()].filter((key) => key.startsWith('change/')).length
  const sent = () => tabs.map(({ server }) => server.pushes.map((ops) => ops.map(({ id }) => id)))
  return { tabs, controls: process.controls, environment, waiting, sent }
}

const add = ({ engine }: TestEngine, id: string) => engine.record({ edits: [{ collection: 'items', id, before: undefined, after: { tripId: 'lakes', name: id } }], atomic: false })

describe('complaint 19: tabs wait for each other for ever, or for one that is frozen', () => {
  test('a tab that does not lead keeps what is done in it, while the leader waits for a server that never answers, and while it is frozen', async () => {
    const { tabs, controls, environment, waiting } = await fourTabs()
    tabs[0]!.server.onPush = () => new Promise(() => {})
    add(tabs[0]!, 'tent')
    await environment.advance(100)
    add(tabs[1]!, 'cup')
    await tabs[1]!.engine.flush()
    expect(await waiting()).toBe(2)
    controls[0]!.freeze()
    for (const [index, tab] of tabs.slice(1).entries()) add(tab, `map-${index}`)
    await Promise.all(tabs.slice(1).map(({ engine }) => engine.flush()))
    expect(await waiting()).toBe(5)
    expect(tabs.slice(1).map(({ state }) => state().pending)).toEqual([5, 5, 5])
  })

  test('leader after leader is frozen: the next one sends what the last one had begun, as it was, and all the rest, once', async () => {
    const { tabs, controls, environment, waiting } = await fourTabs()
    for (const tab of tabs.slice(0, 3)) tab.server.onPush = () => new Promise(() => {})
    add(tabs[3]!, 'tent')
    await environment.advance(100)
    const [begun] = tabs[0]!.server.pushes
    for (const leader of [0, 1, 2]) {
      expect(tabs[leader]!.server.pushes).toEqual([begun])
      controls[leader]!.freeze()
      add(tabs[3]!, `cup-${leader}`)
      await environment.advance(20_000)
    }
    await environment.advance(60_000)
    const last = tabs[3]!.server.pushes
    expect(last[0]).toEqual(begun)
    expect(last.slice(1).flat().map(({ id }) => id)).toEqual(['cup-0', 'cup-1', 'cup-2'])
    expect([await waiting(), tabs[3]!.state().pending]).toEqual([0, 0])
    for (const control of controls) control.thaw()
    await environment.advance(20_000)
    expect(tabs.map(({ state }) => state().pending)).toEqual([0, 0, 0, 0])
    for (const { shown } of tabs) expect(['tent', 'cup-0', 'cup-1', 'cup-2'].map((id) => shown('items', id))).not.toContain(undefined)
  })

  test('all four are frozen and thawed together, and one of them sends', async () => {
    const { tabs, controls, environment, sent } = await fourTabs()
    for (const control of controls) control.freeze()
    for (const [index, tab] of tabs.entries()) add(tab, `map-${index}`)
    await Promise.all(tabs.map(({ engine }) => engine.flush()))
    await environment.advance(20_000)
    for (const control of controls) control.thaw()
    await environment.advance(60_000)
    expect(tabs.map(({ state }) => state().pending)).toEqual([0, 0, 0, 0])
    expect([...new Set(sent().flat(2))].sort()).toEqual(['map-0', 'map-1', 'map-2', 'map-3'])
  })
})
