import { expect, test } from 'vitest'
import { createGate } from './gate.ts'

test('a gate lets as much work run at once as it is wide, in the order of arrival, failures included', async () => {
  const gate = createGate(2)
  const started: number[] = []
  const ends: Array<(failure?: Error) => void> = []
  const work = (index: number) =>
    gate(async () => {
      started.push(index)
      await new Promise<void>((resolve, reject) => {
        ends[index] = (failure) => (failure ? reject(failure) : resolve())
      })
      return index
    })
  const results = [work(0), work(1), work(2), work(3)]

  await expect.poll(() => started).toEqual([0, 1])
  ends[1]?.(new Error('broken'))
  await expect(results[1]).rejects.toThrow('broken')
  await expect.poll(() => started).toEqual([0, 1, 2])
  ends[0]?.()
  await expect.poll(() => started).toEqual([0, 1, 2, 3])
  ends[2]?.()
  ends[3]?.()
  expect(await Promise.all([results[0], results[2], results[3]])).toEqual([0, 2, 3])

  // Nothing runs any more: the gate is as wide as before.
  const later = [work(4), work(5), work(6)]
  await expect.poll(() => started.slice(4)).toEqual([4, 5])
  for (const index of [4, 5, 6]) {
    await expect.poll(() => started.includes(index)).toBe(true)
    ends[index]?.()
  }
  expect(await Promise.all(later)).toEqual([4, 5, 6])
})
