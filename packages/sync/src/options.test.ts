import { expect, test } from 'vitest'
import { toCollections } from './options.ts'
import { localWins } from './core/policies.ts'

const adapter = { setMany: () => undefined, removeMany: () => undefined }
const items = { adapter, scope: 'tripId' }

test('[CO2] [CO4] what is not configured: the last write wins, a delete wins, nobody is asked', () => {
  const collection = toCollections({ items }).get('items')!
  const sides = { base: 1, local: 2, remote: 3, remoteTime: 1 }
  expect(collection.mergeDefault({ ...sides, localTime: 2 })).toEqual({ take: 'local' })
  expect(collection.mergeDefault({ ...sides, localTime: 0 })).toEqual({ take: 'remote' })
  expect(collection).toMatchObject({ deletePolicy: 'deleteWins', merge: {}, critical: [], threshold: 0 })
})

test('[CO2] [CO4] what is configured is taken', () => {
  const given = { mergeDefault: localWins(), critical: ['passport'], threshold: 1, onDelete: 'editWins' } as const
  expect(toCollections({ items: { ...items, ...given } }).get('items')).toMatchObject({ mergeDefault: given.mergeDefault, critical: ['passport'], threshold: 1, deletePolicy: 'editWins' })
})

test.each([-0.1, 1.1, 80, Number.NaN])('[CO4] the threshold %s is refused at set-up', (threshold) => {
  expect(() => toCollections({ items: { ...items, threshold } })).toThrow(expect.objectContaining({ code: 'bad-configuration' }))
})
