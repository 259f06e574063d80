import { expect, test } from 'vitest'
import { openStubbedApp } from '../test/stubbed-app.ts'

test('[F4] [PU1] an answer that is dropped: the batch goes out again as it was', async () => {
  const app = await openStubbedApp()
  app.sync.disturb('drop-answer')
  app.add('tent')
  await app.synced()
  const [first, second] = app.stub.pushes
  expect(second?.ops).toEqual(first?.ops)
  expect(app.stub.pushes).toHaveLength(2)
  expect(app.state()).toMatchObject({ pending: 0, lastError: null })
})

test('[F4] [ID1] a token that expires: nothing is lost, and a person is asked where the session cannot be renewed', async () => {
  const app = await openStubbedApp()
  app.sync.disturb('expire-token')
  app.add('tent')
  await app.synced()
  expect(app.state()).toMatchObject({ pending: 1, paused: ['signed-out'], rejected: [] })
})
