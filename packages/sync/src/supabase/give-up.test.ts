import { expect, test } from 'vitest'
import { Patience } from './give-up.ts'

/** What each request is given, in milliseconds; the n-th ends as told. */
function patienceOf() {
  const given: number[] = []
  let controller = new AbortController()
  const patience = new Patience((milliseconds) => {
    given.push(milliseconds)
    controller = new AbortController()
    return controller.signal
  })
  const answered = () => patience.during(() => Promise.resolve('answer'))
  const givenUp = () =>
    patience
      .during(() => {
        controller.abort()
        return Promise.reject(new Error('given up'))
      })
      .catch(() => {})
  const refused = () => patience.during(() => Promise.reject(new Error('refused'))).catch(() => {})
  return { given, answered, givenUp, refused }
}

test('[C13] after a request that was given up the next has more time, until one is answered', async () => {
  const { given, answered, givenUp } = patienceOf()
  for (const request of [givenUp, givenUp, givenUp, answered, answered]) await request()
  expect(given).toEqual([20_000, 40_000, 60_000, 60_000, 20_000])
})

test('[C13] one that is refused tells nothing of the line', async () => {
  const { given, refused } = patienceOf()
  for (const request of [refused, refused]) await request()
  expect(given).toEqual([20_000, 20_000])
})
