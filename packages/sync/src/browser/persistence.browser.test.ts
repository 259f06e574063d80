import { afterEach, expect, test, vi } from 'vitest'
import { webKeepData } from './persistence.ts'

afterEach(() => {
  vi.restoreAllMocks()
  localStorage.clear()
})

test('the browser is asked once for good, whatever it answered, by all pages of the origin', async () => {
  vi.spyOn(navigator.storage, 'persisted').mockResolvedValue(false)
  const persist = vi.spyOn(navigator.storage, 'persist').mockResolvedValue(false)
  expect(await webKeepData().ask()).toBe(false)
  expect(await webKeepData().ask()).toBe(false)
  expect(persist).toHaveBeenCalledTimes(1)
  await webKeepData('another-app').ask()
  expect(persist).toHaveBeenCalledTimes(2)
})

test('where it keeps the data already it is not asked', async () => {
  vi.spyOn(navigator.storage, 'persisted').mockResolvedValue(true)
  const persist = vi.spyOn(navigator.storage, 'persist')
  expect(await webKeepData().ask()).toBe(true)
  expect(await webKeepData().isKept()).toBe(true)
  expect(persist).not.toHaveBeenCalled()
})

test('a real browser answers', async () => {
  expect(typeof (await webKeepData('real').ask())).toBe('boolean')
})
