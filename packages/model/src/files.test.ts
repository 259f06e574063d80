import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyRules, changesNothing } from './apply-rules.ts'
import { itemOf, personOf, ruleOf, tripOf, uuid } from './builders.ts'
import { copyTrip } from './copy-trip.ts'
import { FileError, readRulesFile, readTripFile, writeRulesFile, writeTripFile, type TripContents } from './files.ts'

const people = [personOf(1), personOf(2, { ageGroup: 'baby' })]
const rules = [ruleOf(5), ruleOf(6, { per: 'trip' })]
const made = applyRules({ trip: tripOf(), people, rules, items: [] }).added
const contents: TripContents = {
  trip: tripOf({ createdAt: '2026-01-01T00:00:00Z', createdBy: uuid(77) }),
  days: [{ id: uuid(30), tripId: uuid(0), day: '2026-07-01', destination: 'Porto', weather: 'rain' }],
  people, rules,
  items: [...made.map((item) => ({ ...item, packed: true })), itemOf(40, { personId: people[0]!.id })],
}

test('[G1] a trip that was exported comes back as it was', () => {
  expect(readTripFile(writeTripFile(contents))).toEqual(contents)
})

test('[G1] so do rules', () => {
  const pack = { rules: [{ id: uuid(1), name: 'Socks', category: null, quantity: 1, per: 'day' as const, atMost: 7, minDays: null, ageGroup: null, needs: null }] }
  expect(readRulesFile(writeRulesFile(pack))).toEqual(pack)
})

test.each([
  { name: 'half a file', text: writeTripFile(contents).slice(0, 100), code: 'not-json', words: /not JSON/ },
  { name: 'a file of rules', text: writeRulesFile({ rules: [] }), code: 'other-format', words: /does not hold a trip/ },
  { name: 'a list', text: '[]', code: 'other-format', words: /does not hold a trip/ },
  { name: 'a later version', text: '{"format":"stowaway-trip","version":2}', code: 'newer-version', words: /newer version/ },
  { name: 'an item without a name', place: 'items › 0 › name', text: writeTripFile({ ...contents, items: [itemOf(1, { name: '' })] }), code: 'bad-content', words: /items › 0 › name/ },
])('[G1] $name is refused with a sentence', ({ text, code, words, place = '' }) => {
  const reading = () => readTripFile(text)
  expect(reading).toThrow(FileError)
  expect(reading).toThrow(words)
  expect(reading).toThrow(expect.objectContaining({ code, place }))
})

test('[G1] whatever a file holds, it is read or refused with a sentence', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(() => readTripFile(text)).toThrow(FileError)
    }),
  )
})

const counter = () => {
  let next = 1_000
  return () => uuid((next += 1))
}

const ids = (trip: TripContents) => [trip.trip, ...trip.days, ...trip.people, ...trip.rules, ...trip.items].map(({ id }) => id)

test('[G1] a copy has ids of its own, nothing packed, and what belonged together still does', () => {
  const copy = copyTrip(contents, counter())
  expect(new Set([...ids(copy), ...ids(contents)]).size).toBe(2 * ids(contents).length)
  expect(copy.items.every(({ packed, tripId }) => !packed && tripId === copy.trip.id)).toBe(true)
  expect(copy.items.at(-1)?.personId).toBe(copy.people[0]!.id)
  expect(copy.trip).not.toHaveProperty('createdBy')
})

test('[G1] the rules of a copy find the items that they made', () => {
  expect(changesNothing(applyRules(copyTrip(contents, counter())))).toBe(true)
})

test('[G1] items of somebody who is gone keep ids of their own', () => {
  const orphans = made.map((item) => ({ ...item, personId: null }))
  const { items } = copyTrip({ ...contents, items: orphans }, counter())
  expect(new Set(items.map(({ id }) => id)).size).toBe(orphans.length)
})
