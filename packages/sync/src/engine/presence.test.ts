import { expect, test } from 'vitest'
import type { Present } from '../core/presence.ts'
import { fakeEnvironment } from '../testing/fake-environment.ts'
import { scriptedServer, pageOf } from '../testing/scripted-server.ts'
import { openTestEngine } from '../testing/test-engine.ts'
import { EnteredScopes } from './entered-scopes.ts'
import type { JoinScope, Network } from './ports.ts'

interface Line {
  readonly scope: string
  readonly told: Present[]
  readonly listener: Parameters<JoinScope>[1]
  isLeft: boolean
}

/** A device of Ann that knows the trips `lakes` and `alps`, and lines to channels that the test owns. */
async function deviceWithLines() {
  const lines: Line[] = []
  const join: JoinScope = (scope, listener) => {
    const line: Line = { scope, listener, told: [], isLeft: false }
    lines.push(line)
    return { tell: (self) => void line.told.push(self), leave: () => void (line.isLeft = true) }
  }
  let [isHidden, isOnline, saveData] = [false, true, false]
  const listeners = new Set<Parameters<Network['subscribe']>[0]>()
  const network: Network = { online: () => isOnline, isHidden: () => isHidden, hints: () => ({ saveData }), subscribe: (listener) => (listeners.add(listener), () => listeners.delete(listener)) }
  const scopes = new EnteredScopes()
  const environment = fakeEnvironment()
  const server = scriptedServer()
  server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1', alps: '1' } }))
  const device = await openTestEngine({ server, environment, parts: { network, presence: { scopes, join } } })
  const tell = async (event: Parameters<Parameters<Network['subscribe']>[0]>[0]) => {
    for (const listener of listeners) listener(event)
    await environment.advance(0)
  }
  return {
    ...device,
    lines,
    /** Those that are not left, by scope. */
    open: () => lines.filter(({ isLeft }) => !isLeft).map(({ scope }) => scope),
    last: () => lines.findLast(({ isLeft }) => !isLeft)!,
    enter: async (scope: string, where: string | null = null) => {
      const stay = scopes.enter(scope, { where, since: environment.now() })
      await environment.advance(0)
      return stay
    },
    present: () => device.state().present,
    hide: (hidden: boolean) => {
      isHidden = hidden
      return tell(hidden ? 'hidden' : 'focus')
    },
    connect: (online: boolean) => {
      isOnline = online
      return tell(online ? 'online' : 'offline')
    },
    save: (save: boolean) => {
      saveData = save
      return tell('focus')
    },
  }
}

const ben: Present = { user: 'ben', device: 'phone', where: 'tent', since: 5 }

test('[C9] a scope that is open has one channel, however many parts of the app show it, and none when the last is gone', async () => {
  const device = await deviceWithLines()
  expect(device.open()).toEqual([])
  const list = await device.enter('lakes')
  const dialog = await device.enter('lakes', 'tent')
  await device.enter('alps')
  expect(device.open()).toEqual(['lakes', 'alps'])
  list.leave()
  list.leave()
  await device.environment.advance(0)
  expect(device.open()).toEqual(['lakes', 'alps'])
  dialog.leave()
  await device.environment.advance(0)
  expect(device.open()).toEqual(['alps'])
})

test('[C9] a screen that gives way to another of the same scope leaves no channel and joins none', async () => {
  const device = await deviceWithLines()
  const list = await device.enter('lakes')
  list.leave()
  await device.enter('lakes', 'tent')
  expect(device.lines).toHaveLength(1)
})

test('[C9] who is there is told as soon as it is known, without this device; nobody, when the line is lost', async () => {
  const device = await deviceWithLines()
  await device.enter('lakes', 'cup')
  const { listener, told } = device.last()
  listener.onJoined()
  expect(told).toEqual([{ user: 'ann', device: expect.stringMatching(/./) as string, where: 'cup', since: device.environment.now() }])
  listener.onPresent([told[0], ben])
  expect(device.present()).toEqual({ lakes: [ben] })
  listener.onLost()
  expect(device.present()).toEqual({})
})

test('[C9] what has not changed is not told again', async () => {
  const device = await deviceWithLines()
  await device.enter('lakes')
  const { listener } = device.last()
  listener.onJoined()
  listener.onPresent([ben])
  listener.onPresent([{ ...ben }])
  expect(device.events.filter(({ type }) => type === 'presenceChanged')).toHaveLength(1)
})

test('[C9] after each join it says where it is, and from then on what is new, until it leaves', async () => {
  const device = await deviceWithLines()
  const stay = await device.enter('lakes', 'cup')
  stay.move('tent')
  await device.environment.advance(0)
  const { listener, told } = device.last()
  expect(told).toEqual([])
  listener.onJoined()
  stay.move('rope')
  await device.environment.advance(0)
  listener.onLost()
  listener.onJoined()
  expect(told.map(({ where }) => where)).toEqual(['tent', 'rope', 'rope'])
})

test('[C9] of several parts of the app the last that moved says what is looked at', async () => {
  const device = await deviceWithLines()
  const dialog = await device.enter('lakes', 'cup')
  await device.enter('lakes')
  const { listener, told } = device.last()
  listener.onJoined()
  const other = await device.enter('lakes', 'rope')
  dialog.move('tent')
  await device.environment.advance(0)
  dialog.leave()
  await device.environment.advance(30_000)
  other.move(null)
  await device.environment.advance(0)
  expect(told.map(({ where }) => where)).toEqual(['cup', 'rope', 'tent', 'rope', null])
})

test('[C9] who moves all the time says so four times in half a minute, as Supabase ends the channel of who says more; the last is said', async () => {
  const device = await deviceWithLines()
  const stay = await device.enter('lakes', 'item-0')
  const { listener, told } = device.last()
  listener.onJoined()
  // Without polls, each of which is a reason to look whether there is something to say.
  device.line('joined')
  for (let nth = 1; nth <= 50; nth += 1) {
    stay.move(`item-${nth}`)
    await device.environment.advance(100)
  }
  expect(told.map(({ where }) => where)).toEqual(['item-0', 'item-1', 'item-2', 'item-3'])
  await device.environment.advance(30_000)
  expect(told.map(({ where }) => where).slice(4)).toEqual(['item-50'])
})

test('[C9] nobody is told of a page that nobody sees, of a device without a network, nor where data are to be saved', async () => {
  const device = await deviceWithLines()
  await device.enter('lakes')
  for (const away of [device.hide, (isAway: boolean) => device.connect(!isAway), device.save]) {
    device.last().listener.onJoined()
    device.last().listener.onPresent([ben])
    await away(true)
    expect([device.open(), device.present()]).toEqual([[], {}])
    await away(false)
    expect(device.open()).toEqual(['lakes'])
  }
})

test('[C9] [PL4] a scope that the server has not confirmed is not joined, and one that is taken away is left at once', async () => {
  const device = await deviceWithLines()
  await device.enter('made-here')
  expect(device.open()).toEqual([])
  device.server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1', alps: '1', 'made-here': '1' } }))
  device.engine.syncNow()
  await device.environment.advance(100)
  expect(device.open()).toEqual(['made-here'])
  device.last().listener.onPresent([ben])
  device.server.onPull = () => Promise.resolve(pageOf({ cursors: { lakes: '1', alps: '1' }, gone: [{ scope: 'made-here', reason: 'revoked' }] }))
  device.engine.syncNow()
  await device.environment.advance(100)
  expect([device.open(), device.present()]).toEqual([[], {}])
})

test('[C9] [ID2] when the user goes all channels are left, and none is joined after', async () => {
  const device = await deviceWithLines()
  await device.enter('lakes')
  device.last().listener.onPresent([ben])
  device.edit(undefined, { tripId: 'lakes', name: 'Tent' })
  await device.engine.close()
  await device.enter('alps')
  expect([device.open(), device.present()]).toEqual([[], {}])
})
