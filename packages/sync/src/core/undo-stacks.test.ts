import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ChangeGroup } from './types.ts'
import { mostSteps, nextStacks, noSteps, type UndoStacks } from './undo-stacks.ts'

const step = (groupId: string, cause: ChangeGroup['cause'] = 'edit'): ChangeGroup => ({ groupId, atomic: false, cause })
const after = (...steps: ChangeGroup[]): UndoStacks => steps.reduce(nextStacks, noSteps)
const [a, b] = [step('a'), step('b')]

test('[A6] an undo moves a step over, a redo moves it back', () => {
  expect(after(a, b)).toEqual({ undo: ['a', 'b'], redo: [] })
  expect(after(a, b, step('u', { undoes: 'b' }))).toEqual({ undo: ['a'], redo: ['b'] })
  expect(after(a, b, step('u', { undoes: 'b' }), step('v', { undoes: 'a' }))).toEqual({ undo: [], redo: ['b', 'a'] })
  expect(after(a, b, step('u', { undoes: 'b' }), step('r', { redoes: 'b' }))).toEqual({ undo: ['a', 'b'], redo: [] })
})

test('[A6] an edit clears what could be redone; a decision about a conflict changes nothing', () => {
  expect(after(a, step('u', { undoes: 'a' }), b)).toEqual({ undo: ['b'], redo: [] })
  expect(after(a, step('u', { undoes: 'a' }), step('d', 'decision'))).toEqual({ undo: [], redo: ['a'] })
})

test('[A6] each change of a step tells of it, and it counts once', () => {
  expect(after(a, a, step('u', { undoes: 'a' }), step('u', { undoes: 'a' }))).toEqual({ undo: [], redo: ['a'] })
})

test('[A6] an undo of what is not there is ignored', () => {
  expect(after(a, step('u', { undoes: 'x' }), step('r', { redoes: 'a' }))).toEqual({ undo: ['a'], redo: [] })
})

test('[A6] the oldest steps are forgotten', () => {
  const { undo } = after(...Array.from({ length: mostSteps + 5 }, (_, index) => step(`${index}`)))
  expect([undo.length, undo[0], undo.at(-1)]).toEqual([mostSteps, '5', `${mostSteps + 4}`])
})

test('[A6] no step is on both stacks, or twice on one', () => {
  const anyId = fc.constantFrom('a', 'b', 'c')
  const anyCause: fc.Arbitrary<ChangeGroup['cause']> = fc.oneof(fc.constantFrom('edit' as const, 'decision' as const), fc.record({ undoes: anyId }), fc.record({ redoes: anyId }))
  fc.assert(
    fc.property(fc.array(fc.tuple(anyId, anyCause)), (steps) => {
      const { undo, redo } = after(...steps.map(([groupId, cause]) => step(groupId, cause)))
      const all = [...undo, ...redo]
      expect(new Set(all).size).toBe(all.length)
    }),
  )
})
