import { expect, test } from 'vitest'
import { othersIn } from './others.ts'

const member = (userId: string, name: string) => ({ id: `m-${userId}`, tripId: 'lisbon', userId, role: 'editor' as const, name })
const members = [member('ann', 'Ann'), member('ben', 'Ben'), member('cleo', 'Cleo')]
const at = (user: string, where: string | null, since = 1) => ({ user, device: `${user} ${where}`, where, since })

test('[G3] the other members who are there, each once and by the device that came last', () => {
  const present = [at('ann', null), at('ben', 'category'), at('ben', 'socks', 2)]
  expect(othersIn({ present, members, user: 'ann' })).toEqual([{ userId: 'ben', name: 'Ben', where: 'socks' }])
})

test('[G3] who says to be there and is no member is not shown', () => {
  expect(othersIn({ present: [at('mallory', null)], members, user: 'ann' })).toEqual([])
})
