import { expect, test, vi } from 'vitest'
import { cdp } from 'vitest/browser'
import { webLastUser } from './last-user.ts'
import { webNetwork } from './network.ts'

test('the network’s return and going, and the user’s coming back, are told until one stops listening', () => {
  const told: string[] = []
  const network = webNetwork()
  const stop = network.subscribe((event) => told.push(event))
  window.dispatchEvent(new Event('offline'))
  window.dispatchEvent(new Event('online'))
  document.dispatchEvent(new Event('visibilitychange'))
  stop()
  window.dispatchEvent(new Event('offline'))
  expect(told).toEqual(['offline', 'online', 'focus'])
  expect(network.online()).toBe(true)
})

test('[ID1] the last user is remembered, until they sign out', () => {
  const lastUser = webLastUser('test')
  lastUser.write('ann')
  expect(webLastUser('test').read()).toBe('ann')
  expect(webLastUser('other').read()).toBeNull()
  lastUser.write(null)
  expect(lastUser.read()).toBeNull()
})

const navigatorOf = () => navigator as unknown as { connection: unknown; getBattery: () => Promise<unknown> }

test('[C8] what the browser tells of its line is passed on, where it does, and told when it changes', () => {
  const line = Object.assign(new EventTarget(), { effectiveType: '2g', saveData: true, downlink: 0.1 })
  const connection = vi.spyOn(navigatorOf(), 'connection', 'get').mockReturnValue(line)
  const network = webNetwork()
  expect(network.hints?.()).toEqual({ effectiveType: '2g', saveData: true })
  const told: string[] = []
  const stop = network.subscribe((event) => told.push(event))
  line.effectiveType = '4g'
  line.dispatchEvent(new Event('change'))
  expect([told, network.hints?.()]).toEqual([['line'], { effectiveType: '4g', saveData: true }])
  stop()
  line.dispatchEvent(new Event('change'))
  expect(told).toHaveLength(1)
  connection.mockReturnValue(undefined)
  expect(webNetwork().hints?.()).toEqual({})
  connection.mockRestore()
  expect(network.isHidden?.()).toBe(false)
})

test('[C8] a battery that is nearly empty and not being charged is a hint, told when it becomes one', async () => {
  const battery = Object.assign(new EventTarget(), { level: 0.5, charging: false })
  const asked = vi.spyOn(navigatorOf(), 'getBattery').mockResolvedValue(battery)
  const connection = vi.spyOn(navigatorOf(), 'connection', 'get').mockReturnValue(undefined)
  const network = webNetwork()
  const told: string[] = []
  const stop = network.subscribe((event) => told.push(event))
  await Promise.resolve()
  await vi.waitUntil(() => {
    battery.dispatchEvent(new Event('levelchange'))
    return told.length > 0
  })
  expect(network.hints?.()).toEqual({})
  battery.level = 0.2
  expect(network.hints?.()).toEqual({ lowBattery: true })
  battery.charging = true
  expect(network.hints?.()).toEqual({})
  const before = told.length
  battery.dispatchEvent(new Event('chargingchange'))
  expect(told).toHaveLength(before + 1)
  stop()
  battery.dispatchEvent(new Event('levelchange'))
  expect(told).toHaveLength(before + 1)
  asked.mockRestore()
  connection.mockRestore()
})

test('[C8] a battery of which the page may not know is none', async () => {
  const asked = vi.spyOn(navigatorOf(), 'getBattery').mockRejectedValue(new DOMException('no', 'NotAllowedError'))
  const network = webNetwork()
  const stop = network.subscribe(() => {})
  await expect(asked.mock.results[0]?.value).rejects.toThrow('no')
  expect(network.hints?.()).not.toHaveProperty('lowBattery')
  stop()
  asked.mockRestore()
})

interface Conditions {
  readonly offline: boolean
  /** Milliseconds, and bytes a second; -1: as it is. */
  readonly latency: number
  readonly downloadThroughput: number
  readonly uploadThroughput: number
  readonly connectionType?: 'cellular2g' | 'wifi'
}

test('[C8] a line that gets slow in this browser is told, and its return', async () => {
  const session = cdp() as unknown as { send: (method: string, parameters?: Conditions) => Promise<unknown> }
  const network = webNetwork()
  const told: string[] = []
  const stop = network.subscribe((event) => told.push(event))
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: 1_800, downloadThroughput: 6_000, uploadThroughput: 6_000, connectionType: 'cellular2g' })
  await expect.poll(() => network.hints?.().effectiveType).toBe('2g')
  expect(told).toContain('line')
  await session.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 })
  await expect.poll(() => network.hints?.().effectiveType).not.toBe('2g')
  stop()
})
