import { expect, test } from 'vitest'
import { changedFields, entered } from './form.ts'

test('a form writes only what was changed in it, so that it cannot undo what arrived meanwhile', () => {
  const opened = { name: 'Socks', quantity: 2, category: null }
  expect(changedFields(opened, { name: 'Warm socks', quantity: 2, category: null })).toEqual({ name: 'Warm socks' })
  expect(changedFields(opened, { ...opened })).toEqual({})
})

test('what was entered is trimmed, and blanks are nothing', () => {
  const form = new FormData()
  form.set('name', '  Socks ')
  form.set('category', '  ')
  expect([entered(form, 'name'), entered(form, 'category'), entered(form, 'notes')]).toEqual(['Socks', null, null])
})
