import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readQuickItem } from './quick-add.ts'

const people = [{ id: 'm', name: 'Mia' }, { id: 'z', name: 'Zoë' }]

test.each([
  ['3 socks', { name: 'socks', quantity: 3, personId: null }],
  ['3x socks', { name: 'socks', quantity: 3, personId: null }],
  ['socks x3', { name: 'socks', quantity: 3, personId: null }],
  ['  socks   ×  12 ', { name: 'socks', quantity: 12, personId: null }],
  ['2 books for mia', { name: 'books', quantity: 2, personId: 'm' }],
  ['2 libros para Mia', { name: 'libros', quantity: 2, personId: 'm' }],
  ['hat for zoe', { name: 'hat', quantity: 1, personId: 'z' }],
  ['something for the beach', { name: 'something for the beach', quantity: 1, personId: null }],
  ['12345 things', { name: '12345 things', quantity: 1, personId: null }],
  ['2026', { name: '2026', quantity: 1, personId: null }],
  ['box', { name: 'box', quantity: 1, personId: null }],
])('[G1] %j', (line, item) => {
  expect(readQuickItem(line, people)).toEqual(item)
})

test('[G1] nothing typed is nothing', () => {
  expect(readQuickItem('   ', people)).toBeNull()
})

test('[G1] whatever is typed, what comes of it can be stored', () => {
  fc.assert(
    fc.property(fc.string(), (line) => {
      const item = readQuickItem(line, people)
      expect(item === null).toBe(line.trim() === '')
      expect(item?.name.trim()).not.toBe('')
      expect(item?.name.length ?? 0).toBeLessThanOrEqual(200)
      expect(item?.quantity ?? 0).toBeLessThanOrEqual(9999)
    }),
  )
})
