import { expect, test } from 'vitest'
import { sharedSession } from './shared-session.ts'

test('[ID1] two who share a session read what the other wrote, until it is removed', async () => {
  const [page, worker] = [sharedSession('shared'), sharedSession('shared')]
  await page.setItem('token', 'one')
  expect(await worker.getItem('token')).toBe('one')
  await worker.setItem('token', 'two')
  expect(await page.getItem('token')).toBe('two')
  expect(await sharedSession('another-app').getItem('token')).toBeNull()
  await page.removeItem('token')
  expect(await worker.getItem('token')).toBeNull()
})

test('[ID1] a session from before moves over, once: a removed one does not come back', async () => {
  localStorage.setItem('old', 'session')
  const session = sharedSession('moving')
  expect(await session.getItem('old')).toBe('session')
  expect(localStorage.getItem('old')).toBeNull()
  localStorage.setItem('unread', 'session')
  await session.removeItem('unread')
  await session.removeItem('old')
  expect([await session.getItem('old'), await session.getItem('unread')]).toEqual([null, null])
})
