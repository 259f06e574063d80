import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from './json.ts'
import { lastWriteWins } from './policies.ts'
import { mergeText, text } from './text-merge.ts'

const base = 'Bring the big tent.\nTwo mats.\n\nAsk Ben for the stove.'

const decision = (sides: { base: Json; local: Json; remote: Json }, policy = text()) => policy({ ...sides, localTime: 2, remoteTime: 1 })

describe('[CO2] text', () => {
  test.each([
    ['different lines', base.replace('Two', 'Three'), base.replace('Ben', 'Ana'), 'Bring the big tent.\nThree mats.\n\nAsk Ana for the stove.'],
    ['adjoining lines', base.replace('big', 'small'), base.replace('Two', 'Three'), 'Bring the small tent.\nThree mats.\n\nAsk Ben for the stove.'],
    ['different words of a line', base.replace('Ben', 'Ana'), base.replace('stove', 'lamp'), 'Bring the big tent.\nTwo mats.\n\nAsk Ana for the lamp.'],
    ['a line added, another removed', `${base}\nMap.`, base.replace('Two mats.\n', ''), 'Bring the big tent.\n\nAsk Ben for the stove.\nMap.'],
    ['the same edit of a word beside another edit', base.replace('big tent', 'old tent'), base.replace('Bring the big', 'Take the old'), base.replace('Bring the big', 'Take the old')],
  ])('%s', (...[, local, remote, merged]) => {
    expect(mergeText({ base, local, remote })).toBe(merged)
    expect(mergeText({ base, local: remote, remote: local })).toBe(merged)
  })

  test.each([
    ['the same word', base.replace('big', 'small'), base.replace('big', 'old')],
    ['a word edited in a line that is gone', base.replace('Two', 'Three'), base.replace('Two mats.\n', '')],
    ['two lines added at one place', `${base}\nMap.`, `${base}\nRope.`],
  ])('%s: it is not decided by itself', (_, local, remote) => {
    expect(mergeText({ base, local, remote })).toBeNull()
    expect(mergeText({ base, local: remote, remote: local })).toBeNull()
  })

  test('where edits overlap a person decides, or the policy that was given', () => {
    expect(decision({ base: 'a', local: 'b', remote: 'c' })).toEqual({ take: 'ask' })
    expect(decision({ base: 'a', local: 'b', remote: 'c' }, text(lastWriteWins()))).toEqual({ take: 'local' })
  })

  test('an unset text is an empty one; what is no text is not merged', () => {
    expect(decision({ base: null, local: 'a', remote: 'b' })).toEqual({ take: 'ask' })
    expect(decision({ base: null, local: 'a', remote: 'a' })).toEqual({ take: 'value', value: 'a' })
    expect(decision({ base: 'a\nb\nc', local: null, remote: '' })).toEqual({ take: 'value', value: '' })
    expect(decision({ base: 'a\nb\nc', local: 'a\nb\nd', remote: 'x\nb\nc' })).toEqual({ take: 'value', value: 'x\nb\nd' })
    expect(decision({ base: 'a', local: 1, remote: 'b' })).toEqual({ take: 'ask' })
  })

  test('a long text is merged as long as comparing it is quick', () => {
    const lines = Array.from({ length: 4_000 }, (_, index) => `line ${index}\n`)
    const local = lines.with(10, 'mine\n').join('')
    const remote = lines.with(3_990, 'theirs\n').join('')
    expect(mergeText({ base: lines.join(''), local, remote })).toBe(lines.with(10, 'mine\n').with(3_990, 'theirs\n').join(''))
    for (const blank of ['\n'.repeat(5_000), '\n'.repeat(200_000), 'a '.repeat(5_000)]) {
      expect(mergeText({ base: blank, local: `x ${blank}`, remote: `${blank}y` })).toBeNull()
      expect(mergeText({ base: blank, local: `x ${blank}`, remote: 'y' })).toBeNull()
      expect(mergeText({ base: blank, local: 'x', remote: `y ${blank}` })).toBeNull()
    }
  })

  const note = fc.array(fc.constantFrom('a', 'b', 'c', ' ', '\n'), { maxLength: 24 }).map((pieces) => pieces.join(''))

  test('the order in which two edits arrive makes no difference; an edit of one side is taken as it is', () => {
    fc.assert(
      fc.property(note, note, note, (was, mine, theirs) => {
        expect(mergeText({ base: was, local: mine, remote: theirs })).toBe(mergeText({ base: was, local: theirs, remote: mine }))
        expect(mergeText({ base: was, local: mine, remote: was })).toBe(mine)
        expect(mergeText({ base: was, local: mine, remote: mine })).toBe(mine)
      }),
      { numRuns: 1_000 },
    )
  })

  test('edits of different lines are never lost', () => {
    const place = fc.nat(9)
    fc.assert(
      fc.property(fc.uniqueArray(place, { minLength: 2, maxLength: 2 }), ([mine = 0, theirs = 1]) => {
        const lines = Array.from({ length: 10 }, (_, index) => `line ${index}\n`)
        const sides = { base: lines.join(''), local: lines.with(mine, 'MINE one\n').join(''), remote: lines.with(theirs, 'THEIRS two\n').join('') }
        expect(mergeText(sides)).toBe(lines.with(mine, 'MINE one\n').with(theirs, 'THEIRS two\n').join(''))
      }),
    )
  })
})
