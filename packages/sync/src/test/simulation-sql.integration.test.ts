import { afterAll, beforeAll, expect, test } from 'vitest'
import { simulate } from '../testing/simulation.ts'
import { sqlWorld, type SqlWorld } from './sql-world.ts'

let world: SqlWorld
beforeAll(async () => {
  world = await sqlWorld()
})
afterAll(() => world.close())

test.each([0, 1, 2, 3, 4])('[OB3] [OB4] [PU1] [PL1] [PL6] a life of several devices on the real SQL, seed %i', async (seed) => {
  const { wrong, story } = await simulate(seed, { world })
  expect(wrong, `pnpm sim --server sql --seed ${seed}\n${story.join('\n')}`).toEqual([])
})
