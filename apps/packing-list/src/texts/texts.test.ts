import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'vite'
import { expect, test } from 'vitest'
import { accountEn } from './account-en.ts'
import { accountEs } from './account-es.ts'
import { categoryInWords, categoryOf } from './categories.ts'
import { noticesIn } from './notices.ts'
import { syncEn } from './sync-en.ts'
import { syncEs } from './sync-es.ts'
import { tripsEn } from './trips-en.ts'
import { tripsEs } from './trips-es.ts'

const source = join(import.meta.dirname, '..')
const components = globSync('**/*.tsx', { cwd: source })

/** Attributes that people read or hear. */
const told = new Set(['aria-label', 'label', 'placeholder', 'title', 'alt', 'legend', 'description'])

/** Its name is the same in all languages. */
const isWords = (text: unknown): boolean => typeof text === 'string' && /\p{L}/u.test(text.replaceAll('Stowaway', ''))

/** What a component says in words of its own, instead of in those of the texts. */
function wordsIn(code: string): string[] {
  const found: string[] = []
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk)
    if (!isNode(node)) return
    if (node['type'] === 'JSXText' && isWords(node['value'])) found.push(String(node['value']).trim())
    if (node['type'] === 'JSXAttribute' && isNode(node['name']) && told.has(String(node['name']['name']))) literals(node['value'])
    if (node['type'] === 'JSXElement') for (const child of listOf(node['children'])) if (isNode(child) && child['type'] === 'JSXExpressionContainer') literals(child['expression'])
    Object.values(node).forEach(walk)
  }
  /** Also one that is chosen, as in `dark ? 'Light' : 'Dark'`, or is part of a template. */
  const literals = (node: unknown): void => {
    if (!isNode(node)) return
    if (node['type'] === 'Literal' && isWords(node['value'])) found.push(String(node['value']))
    if (node['type'] === 'JSXExpressionContainer') literals(node['expression'])
    if (node['type'] === 'ConditionalExpression') [node['consequent'], node['alternate']].forEach(literals)
    if (node['type'] === 'LogicalExpression') literals(node['right'])
    if (node['type'] === 'TemplateLiteral') for (const part of listOf(node['quasis'])) if (isNode(part) && isNode(part['value']) && isWords(part['value']['cooked'])) found.push(String(part['value']['cooked']))
  }
  walk(parseSync('component.tsx', code).program)
  return found
}

const isNode = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

test('the walk finds words in a component', () => {
  expect(wordsIn('const a = <p aria-label="Here">Hi {b ? "you" : `all ${c}`}</p>')).toEqual(['you', 'all ', 'Here', 'Hi'])
  expect(wordsIn('const a = <p aria-label={texts.here} className="row"> · {`${b} · Stowaway`}</p>')).toEqual([])
})

test.each(components)('%s says nothing in words of its own', (component) => {
  expect(wordsIn(readFileSync(join(source, component), 'utf8'))).toEqual([])
})

/** The same in both languages. */
const alike = new Set(['no'])

test('Spanish is Spanish', () => {
  const [en, es] = [{ ...tripsEn, ...syncEn, ...accountEn }, { ...tripsEs, ...syncEs, ...accountEs }]
  const same = (Object.keys(en) as (keyof typeof en)[]).filter((key) => typeof en[key] === 'string' && en[key] === es[key] && !alike.has(key))
  expect(same).toEqual([])
  expect(noticesIn(['es-MX', 'en'])).not.toEqual(noticesIn(['en', 'es-MX']))
})

test('the usual categories are kept by their English names, whatever the language', () => {
  expect(categoryInWords('Clothes', tripsEs)).toBe('Ropa')
  expect(categoryOf('ropa', tripsEs)).toBe('Clothes')
  expect(categoryOf('Clothes', tripsEn)).toBe('Clothes')
  expect([categoryOf('Mías', tripsEs), categoryOf(null, tripsEs)]).toEqual(['Mías', null])
})

test('one is told as one', () => {
  expect([1, 2].map((waiting) => syncEs.badge.offline(waiting))).toEqual(['1 pendiente, sin conexión', '2 pendientes, sin conexión'])
})
