import { expect, test, vi } from 'vitest'
import { webLastUser } from './last-user.ts'
import { webNetwork } from './network.ts'

test('the network’s return and going, and the user’s coming back, are told until one stops listening', () => {
  const told: string[] = []
  const stop = webNetwork.subscribe((event) => told.push(event))
  window.dispatchEvent(new Event('offline'))
  window.dispatchEvent(new Event('online'))
  document.dispatchEvent(new Event('visibilitychange'))
  stop()
  window.dispatchEvent(new Event('offline'))
  expect(told).toEqual(['offline', 'online', 'focus'])
  expect(webNetwork.online()).toBe(true)
})

test('[ID1] the last user is remembered, until they sign out', () => {
  const lastUser = webLastUser('test')
  lastUser.write('ann')
  expect(webLastUser('test').read()).toBe('ann')
  expect(webLastUser('other').read()).toBeNull()
  lastUser.write(null)
  expect(lastUser.read()).toBeNull()
})

test('[C8] what the browser tells of its line is passed on, where it does', () => {
  const connection = vi.spyOn(navigator as unknown as { connection: unknown }, 'connection', 'get')
  connection.mockReturnValue({ effectiveType: '2g', saveData: true, downlink: 0.1 })
  expect(webNetwork.hints?.()).toEqual({ effectiveType: '2g', saveData: true })
  connection.mockReturnValue(undefined)
  expect(webNetwork.hints?.()).toEqual({})
  connection.mockRestore()
  expect(webNetwork.isHidden?.()).toBe(false)
})
