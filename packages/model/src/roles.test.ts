import { expect, test } from 'vitest'
import { canEdit, canManage, roleIn } from './roles.ts'

const members = [
  { userId: 'ann', role: 'owner' },
  { userId: 'vera', role: 'viewer' },
] as const

test('who made a trip on this device owns it before the server has said so', () => {
  expect(roleIn([], 'ann')).toBe('owner')
})

test('a member has the role that the server gave', () => {
  expect(roleIn(members, 'ann')).toBe('owner')
  expect(roleIn(members, 'vera')).toBe('viewer')
})

test('somebody who is not among the members may look only', () => {
  expect(roleIn(members, 'stella')).toBe('viewer')
})

test.each([
  ['owner', true, true],
  ['editor', true, false],
  ['viewer', false, false],
] as const)('%s: edits %s, manages %s', (role, edits, manages) => {
  expect([canEdit(role), canManage(role)]).toEqual([edits, manages])
})
