import { expect, test } from 'vitest'
import { classify, type FailureKind } from './failure.ts'

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
