import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { blame, classify, retryAfterOf, type Blame, type FailureKind } from './failure.ts'

test.each([
  [0, undefined, 'network'],
  [400, 'PGRST100', 'validation'],
  [400, '22P02', 'validation'],
  [401, undefined, 'auth'],
  [401, 'PT401', 'auth'],
  [401, 'PGRST301', 'auth'],
  [500, 'PGRST300', 'auth'],
  [400, 'PGRST303', 'auth'],
  [403, '42501', 'permission'],
  [404, 'PGRST202', 'validation'],
  [408, undefined, 'network'],
  [409, '23505', 'conflict'],
  [413, 'PT413', 'too-large'],
  [429, undefined, 'rate-limit'],
  [500, 'P0001', 'server'],
  [502, undefined, 'server'],
  [503, 'PGRST001', 'server'],
  [504, '57014', 'server'],
  [200, undefined, 'unknown'],
] satisfies [number, string | undefined, FailureKind][])('status %i with code %s is %s', (status, code, kind) => {
  expect(classify({ status, code })).toBe(kind)
})

test.each([
  [413, 'PT413', 'size'],
  [413, undefined, 'size'],
  [500, '57014', 'size'],
  [400, undefined, 'changes'],
  [400, 'PT400', 'changes'],
  [400, 'PGRST102', 'changes'],
  [400, '22P05', 'changes'],
  [400, '23502', 'changes'],
  [400, 'P0001', 'changes'],
  [409, '23505', 'changes'],
  [422, undefined, 'changes'],
  [500, '54001', 'changes'],
  [500, '22003', 'changes'],
  [400, '42703', 'service'],
  [400, 'PGRST303', 'service'],
  [401, 'PT401', 'service'],
  [402, undefined, 'service'],
  [403, '42501', 'service'],
  [404, 'PGRST202', 'service'],
  [404, '42883', 'service'],
  [405, '25006', 'service'],
  [406, 'PGRST106', 'service'],
  [408, undefined, 'service'],
  [429, undefined, 'service'],
  [500, '40P01', 'service'],
  [500, 'XX000', 'service'],
  [503, '53300', 'service'],
  [504, 'PGRST003', 'service'],
  [540, undefined, 'service'],
  [0, undefined, 'service'],
  [0, '', 'service'],
  [200, undefined, 'service'],
] satisfies [number, string | undefined, Blame][])('[OB3] [C6] for status %i with code %s the %s is to blame', (status, code, who) => {
  expect(blame({ status, code })).toBe(who)
})

test('[C6] every status and code has somebody to blame', () => {
  fc.assert(
    fc.property(fc.integer(), fc.option(fc.string(), { nil: undefined }), (status, code) => {
      expect(['size', 'changes', 'service']).toContain(blame({ status, code }))
    }),
  )
})

const now = Date.parse('2026-11-21T09:00:00Z')

test.each([
  ['0', 0],
  ['7', 7_000],
  [' 7 ', 7_000],
  ['-3', 0],
  ['86400', 300_000],
  ['9'.repeat(400), 300_000],
  ['Sat, 21 Nov 2026 09:00:30 GMT', 30_000],
  ['Sat, 21 Nov 2026 08:59:00 GMT', 0],
  ['Sun, 22 Nov 2026 09:00:00 GMT', 300_000],
  ['Sat, 99 Foo 2026 09:00:30 GMT', undefined],
  ['soon 1', undefined],
  ['1.5', undefined],
  ['2026-11-21T09:00:30Z', undefined],
  ['', undefined],
  [null, undefined],
])('[C6] Retry-After: %s asks for %s ms', (header, wait) => {
  expect(retryAfterOf(header, now)).toBe(wait)
})
