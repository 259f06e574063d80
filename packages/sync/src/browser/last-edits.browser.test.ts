import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { changeOf } from '../testing/builders.ts'
import { webLastEdits } from './last-edits.ts'

beforeEach(() => localStorage.clear())
afterEach(() => vi.restoreAllMocks())

const change = (changeId: string, time = 1_000) => changeOf({ changeId, time })
const ids = (user: string, prefix?: string) => webLastEdits(prefix).of(user).map(({ changeId }) => changeId)

test('[OB4] what is kept is there for the next page, in the order in which it was made, until somebody has taken it in', () => {
  const last = webLastEdits()
  expect(last.keep('ann', [change('c'), change('a'), change('b')])).toBe(true)
  last.keep('ann', [change('earlier', 500)])
  expect(ids('ann')).toEqual(['earlier', 'c', 'a', 'b'])
  last.forget('ann', ['c', 'earlier'])
  expect([ids('ann'), last.isKept('ann', 'a'), last.isKept('ann', 'c')]).toEqual([['a', 'b'], true, false])
})

test('[ID2] of another user, or another app on the origin, nothing is seen', () => {
  webLastEdits().keep('ann', [change('a')])
  expect([ids('ben'), ids('ann', 'other')]).toEqual([[], []])
})

test('[A7] where there is no room for all, none is kept: a unit must not come back in part', () => {
  const set = Object.getOwnPropertyDescriptor(Storage.prototype, 'setItem')?.value as typeof localStorage.setItem
  let left = 1
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(function (this: Storage, name, text) {
    if (left === 0) throw new DOMException('Full.', 'QuotaExceededError')
    left -= 1
    set.call(this, name, text)
  })
  expect(webLastEdits().keep('ann', [change('a'), change('b')])).toBe(false)
  expect(ids('ann')).toEqual([])
})

test('[OB8] what was damaged is passed over', () => {
  webLastEdits().keep('ann', [change('a'), change('b')])
  for (const [place, name] of Object.keys(localStorage).entries()) if (name.endsWith(':a')) localStorage.setItem(name, place === 9 ? '' : '{"form":1,"checksum":1,"text":"{}"}')
  expect(ids('ann')).toEqual(['b'])
})

const order = { before: ['app', 'last'], after: ['last', 'app'] } as const

test.each(['before', 'after'] as const)('[OB2] a page that is left keeps what its app dispatches then, also where that listens %s', async (when) => {
  const frame = document.createElement('iframe')
  document.body.append(frame)
  const page = frame.contentWindow!
  const script = page.document.createElement('script')
  script.type = 'module'
  // As engine/recorder.ts: what is not stored yet is kept when the page goes, and what comes after that at once.
  script.textContent = `
    import { webLastEdits } from ${JSON.stringify(new URL('./last-edits.ts', import.meta.url).href)}
    const last = webLastEdits()
    const waiting = []
    const keep = () => last.keep('ann', waiting)
    const listen = {
      last: () => last.follow(keep),
      app: () => window.addEventListener('pagehide', () => {
        waiting.push(${JSON.stringify(change('typed'))})
        if (last.isGoing()) keep()
      }),
    }
    for (const who of ${JSON.stringify(order[when])}) listen[who]()
    window.dispatchEvent(new Event('ready'))`
  const ready = new Promise((resolve) => page.addEventListener('ready', resolve, { once: true }))
  page.document.body.append(script)
  await ready
  const gone = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }))
  page.location.reload()
  await gone
  expect(ids('ann')).toEqual(['typed'])
  frame.remove()
})
