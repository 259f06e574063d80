import { expect, test } from 'vitest'
import { othersHere } from './others-here.ts'

const member = (userId: string, name: string) => ({ id: `m-${userId}`, tripId: 'lisbon', userId, role: 'editor' as const, name })
const members = [member('ann', 'Ann'), member('ben', 'Ben'), member('cleo', 'Cleo')]
const at = (user: string, where: string | null) => ({ user, where })

test('[G3] the other members who are there, each once and by the device that came last', () => {
  const present = [at('ann', null), at('ben', 'category'), at('ben', 'socks')]
  expect(othersHere({ present, members, user: 'ann' })).toEqual([{ userId: 'ben', name: 'Ben', where: 'socks' }])
})

test('[G3] who says to be there and is no member is not shown', () => {
  expect(othersHere({ present: [at('mallory', null)], members, user: 'ann' })).toEqual([])
})
