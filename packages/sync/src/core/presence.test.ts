import { expect, test } from 'vitest'
import { presentOf, type Present } from './presence.ts'

const tab = (given: Partial<Present> = {}): Present => ({ user: 'ben', device: 'phone', where: null, since: 10, ...given })

test('[C9] whoever came first comes first; two at once in the order of their names', () => {
  const told = [tab({ user: 'dan', since: 30 }), tab({ user: 'cleo', since: 20 }), tab({ user: 'ann', device: 'tablet', since: 30 })]
  expect(presentOf(told, 'mine').map(({ user }) => user)).toEqual(['cleo', 'ann', 'dan'])
})

test('[C9] this device is not among the others, and another device of the same user is', () => {
  const told = [tab({ user: 'ann', device: 'mine' }), tab({ user: 'ann', device: 'tablet' })]
  expect(presentOf(told, 'mine')).toEqual([tab({ user: 'ann', device: 'tablet' })])
})

test('[C9] the tabs of a device are one: there since the first came, and looking at what the newest tells that looks at anything', () => {
  const told = [tab({ since: 30 }), tab({ since: 20, where: 'tent' }), tab({ since: 10, where: 'cup' })]
  expect(presentOf(told, 'mine')).toEqual([tab({ since: 10, where: 'tent' })])
})

test('[C9] a device is known by its user too: nobody can speak for the device of another by its name alone', () => {
  const told = [tab({ user: 'ben' }), tab({ user: 'eve', where: 'tent' })]
  expect(presentOf(told, 'mine')).toEqual(told)
})

test.each<[string, unknown]>([
  ['nothing', null],
  ['a text', 'ben'],
  ['nobody', { ...tab(), user: undefined }],
  ['a user that is no text', { ...tab(), user: { toString: 'ben' } }],
  ['a name without end', tab({ user: 'b'.repeat(201) })],
  ['a place that is no text', { ...tab(), where: 7 }],
  ['a place without end', tab({ where: 'x'.repeat(201) })],
  ['a time that is none', { ...tab(), since: 'now' }],
  ['a time without end', tab({ since: Infinity })],
])('[C9] what a member may not tell is passed over: %s', (_, told) => {
  expect(presentOf([told, tab({ user: 'cleo' })], 'mine')).toEqual([tab({ user: 'cleo' })])
})
