import { expect, test } from 'vitest'
import { signOutInWords, unsentInWords } from './sign-out-words.ts'

test.each([
  [1, '1 change is on this device only.'],
  [12, '12 changes are on this device only.'],
])('[ID3] %i unsynced is told in words', (count, words) => expect(unsentInWords(count)).toBe(words))

test('[ID3] who could not be signed out is told that they are still signed in', () => {
  expect(signOutInWords('unsynced')).toContain('still signed in')
  expect(signOutInWords('session')).toContain('Try again')
})
