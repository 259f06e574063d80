import { expect, test } from 'vitest'
import { parseTap } from './tap.ts'

test('assertions carry their titles, outcomes and the comments after them', () => {
  const output = [
    '1..4',
    'ok 1 - a viewer reads',
    'not ok 2 - a viewer cannot write',
    '# Failed test 2: "a viewer cannot write"',
    '#         have: 1',
    'ok 3',
    'not ok 4 - later # TODO not yet',
  ].join('\n')
  expect(parseTap(output)).toEqual({
    planned: 4,
    assertions: [
      { title: 'a viewer reads', ok: true, details: [] },
      {
        title: 'a viewer cannot write',
        ok: false,
        details: ['# Failed test 2: "a viewer cannot write"', '#         have: 1'],
      },
      { title: '', ok: true, details: [] },
      { title: 'later # TODO not yet', ok: true, details: [] },
    ],
  })
})

test('a plan may come last, or not at all', () => {
  expect(parseTap('ok 1 - a\n1..1').planned).toBe(1)
  expect(parseTap('ok 1 - a').planned).toBeUndefined()
})
