import { describe, expect, test } from 'vitest'
import { fullLimit, limitOf, nextPageRows, pageRows, pollEvery, qualityOf, reachOf, smoothed, timeoutOf, type Line } from './pace.ts'

const lineOf = (hints: Line['hints'] = {}, latency: number | null = null): Line => ({ hints, latency })

test.each<[string, Line, string]>([
  ['of which nothing is known', lineOf(), 'good'],
  ['of 4g', lineOf({ effectiveType: '4g' }, 80), 'good'],
  ['of 3g', lineOf({ effectiveType: '3g' }, 900), 'good'],
  ['of 2g', lineOf({ effectiveType: '2g' }, 80), 'poor'],
  ['of slow 2g', lineOf({ effectiveType: 'slow-2g' }), 'poor'],
  ['said to be of 4g, whose requests take long', lineOf({ effectiveType: '4g' }, 3_000), 'poor'],
])('[C8] a line %s', (_, line, quality) => expect(qualityOf(line)).toBe(quality))

test('[C8] one odd request does not make a line poor; several do', () => {
  const one = smoothed(100, 10_000)
  expect(qualityOf(lineOf({}, one))).toBe('good')
  expect(qualityOf(lineOf({}, smoothed(one, 10_000)))).toBe('poor')
  expect(smoothed(null, 700)).toBe(700)
})

test.each<[string, Line, boolean, string]>([
  ['a good line', lineOf({ effectiveType: '4g' }, 80), false, 'online'],
  ['a line of which nothing is known', lineOf(), false, 'online'],
  ['a poor line', lineOf({ effectiveType: '2g' }), false, 'poor'],
  ['a poor line that is cut', lineOf({ effectiveType: '2g' }), true, 'offline'],
  ['a nearly empty battery', lineOf({ lowBattery: true, saveData: true }), false, 'online'],
])('[C8] %s is told as it is for who uses it', (...[, line, isOffline, reach]) => expect(reachOf(line, isOffline)).toBe(reach))

describe('[C13] polls', () => {
  test('stop while nobody sees the app', () => {
    expect(pollEvery({ line: lineOf(), isJoined: false, isHidden: true })).toBe(Infinity)
  })
  test('are rare while realtime tells of news, and keep a device in step within 10 s without', () => {
    const moment = { line: lineOf(), isHidden: false }
    expect(pollEvery({ ...moment, isJoined: true })).toBe(300_000)
    expect(pollEvery({ ...moment, isJoined: false })).toBeLessThan(10_000)
  })
  test.each<[string, Line]>([
    ['on a poor line', lineOf({ effectiveType: '2g' })],
    ['where data are to be saved', lineOf({ saveData: true })],
    ['where the battery is nearly empty', lineOf({ lowBattery: true })],
  ])('are half as many %s', (_, line) => {
    for (const isJoined of [true, false]) {
      const moment = { isJoined, isHidden: false }
      expect(pollEvery({ ...moment, line })).toBe(2 * pollEvery({ ...moment, line: lineOf() }))
    }
  })
})

test('[C8] a poor line carries smaller requests', () => {
  expect(limitOf(lineOf())).toEqual(fullLimit)
  expect(limitOf(lineOf({ effectiveType: '2g' })).bytes).toBeLessThan(fullLimit.bytes / 10)
})

test('[C13] a request is waited for as long as the line needs, and for a minute at most', () => {
  const timeouts = [null, 100, 4_000, 60_000].map((latency) => timeoutOf(latency, 0))
  expect(timeouts).toEqual([20_000, 20_000, 32_000, 60_000])
  expect([0, 1, 2, 1_000].map((givenUp) => timeoutOf(null, givenUp))).toEqual([20_000, 40_000, 60_000, 60_000])
})

const after = (times: readonly number[]) => times.reduce(nextPageRows, pageRows.usual)

test('[C13] [PL3] pages grow while they come fast, up to a most, and shrink while they come slowly, down to a row', () => {
  expect([after([80]), after([80, 90]), after([80, 90, 70]), after([900])]).toEqual([4_000, 8_000, 8_000, 2_000])
  expect([after([9_000]), after([80, 9_000]), after(Array.from({ length: 20 }, () => 9_000))]).toEqual([1_000, 2_000, 1])
  expect(limitOf(lineOf({ effectiveType: '2g' })).rows).toBeLessThan(pageRows.usual)
})
