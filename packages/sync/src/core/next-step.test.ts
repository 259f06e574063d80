import { expect, test } from 'vitest'
import { debounce, nextStep, type LoopState } from './next-step.ts'

const now = 10_000
const quiet: LoopState = { paused: new Set(), inFlight: false, unsentSince: null, pull: { dueAt: Infinity, wanted: 'all' }, retryAt: 0, probing: false, pushFailed: false }
const due: LoopState['pull'] = { dueAt: now, wanted: new Map([['lakes', 4]]) }

test.each([
  ['nothing to do: rests until woken', {}, { do: 'rest', until: 'woken' }],
  ['a pull to come: rests until then', { pull: { dueAt: now + 5, wanted: 'all' } }, { do: 'rest', until: now + 5 }],
  ['a pull is due', { pull: due }, { do: 'pull', wanted: due.wanted }],
  ['a change waits for company', { unsentSince: now - 1, pull: { dueAt: now + 1_000, wanted: 'all' } }, { do: 'rest', until: now - 1 + debounce }],
  ['a change has waited long enough', { unsentSince: now - debounce }, { do: 'plan' }],
  ['a pull that is due does not wait for a fresh change', { unsentSince: now, pull: due }, { do: 'pull', wanted: due.wanted }],
  ['what the user did goes before what others did', { unsentSince: now - debounce, pull: due }, { do: 'plan' }],
  ['[OB3] a batch under way goes before everything', { inFlight: true, unsentSince: 0, pull: due }, { do: 'push' }],
  ['a clock set back holds no change up', { unsentSince: now + 3_600_000 }, { do: 'plan' }],
  ['after a failure it waits, whatever is to be done', { inFlight: true, retryAt: now + 1, pull: due }, { do: 'rest', until: now + 1 }],
  ['[C7] too much has failed: a probe goes first', { inFlight: true, probing: true, pull: due }, { do: 'probe' }],
  ['[C7] a probe waits as well', { probing: true, retryAt: now + 1 }, { do: 'rest', until: now + 1 }],
  ['the last push failed: news that is due come first', { inFlight: true, pushFailed: true, pull: due }, { do: 'pull', wanted: due.wanted }],
  ['the last push failed, and no pull is due', { inFlight: true, pushFailed: true }, { do: 'push' }],
  ['the wait is over', { inFlight: true, retryAt: now }, { do: 'push' }],
  ['[ID1] paused: nothing is sent, nothing is fetched', { paused: new Set(['signed-out']), inFlight: true, pull: due }, { do: 'rest', until: 'woken' }],
] satisfies [string, Partial<LoopState>, unknown][])('%s', (_, state, step) => {
  expect(nextStep({ ...quiet, ...state }, now)).toEqual(step)
})
