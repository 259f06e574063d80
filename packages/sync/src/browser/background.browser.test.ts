import { afterEach, expect, test, vi } from 'vitest'
import { backgroundSync, syncTag } from './background.ts'

afterEach(() => vi.restoreAllMocks())

/** A service worker's registration, with what it was asked for. */
function registered() {
  const asked: string[] = []
  const register = (kind: string) => (tag: string) => Promise.resolve(void asked.push(`${kind} ${tag}`))
  const registration = { sync: { register: register('sync') }, periodicSync: { register: register('periodic') } }
  vi.spyOn(navigator.serviceWorker, 'getRegistration').mockResolvedValue(registration as unknown as ServiceWorkerRegistration)
  return asked
}

const hide = (state: DocumentVisibilityState) => {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state)
  document.dispatchEvent(new Event('visibilitychange'))
}

test('the browser is asked to wake the worker when the page is hidden while something waits, and only then', async () => {
  const asked = registered()
  let isWaiting = false
  const stop = backgroundSync(() => isWaiting).follow()
  await vi.waitUntil(() => asked.length === 1)
  hide('hidden')
  isWaiting = true
  hide('visible')
  hide('hidden')
  await vi.waitUntil(() => asked.length === 2)
  stop()
  hide('hidden')
  expect(asked).toEqual([`periodic ${syncTag}`, `sync ${syncTag}`])
})

test('what is made while there is no network asks too', async () => {
  const asked = registered()
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  backgroundSync(() => true).changed()
  await vi.waitUntil(() => asked.length > 0)
  expect(asked).toEqual([`sync ${syncTag}`])
})

test('a browser that refuses, or knows no background sync, is left alone', async () => {
  const refused = vi.fn<() => Promise<void>>().mockRejectedValue(new DOMException('no', 'NotAllowedError'))
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  const getRegistration = vi.spyOn(navigator.serviceWorker, 'getRegistration')
  getRegistration.mockResolvedValueOnce({ sync: { register: refused } } as unknown as ServiceWorkerRegistration).mockResolvedValueOnce({} as ServiceWorkerRegistration)
  const { changed } = backgroundSync(() => true)
  changed()
  changed()
  await vi.waitUntil(() => refused.mock.calls.length === 1)
  expect(getRegistration).toHaveBeenCalledTimes(2)
})
