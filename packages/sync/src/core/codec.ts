import type { Fields, Json } from './json.ts'

/**
 * An entity as it lies in the store -> its fields as they are stored and sent.
 * Dates become ISO strings; `undefined` is left out.
 *
 * @throws {TypeError} for what JSON cannot carry (a function, a symbol, a bigint, NaN, a Map, a Set, a cycle), or a field named `__proto__`.
 */
export function encodeEntity(entity: object): Fields {
  const fields: Record<string, Json> = {}
  for (const [field, value] of Object.entries(entity)) {
    if (field === '__proto__') throw new TypeError('A field cannot be named __proto__.')
    if (field !== 'id' && value !== undefined) fields[field] = encodeValue(value, field, [])
  }
  return fields
}

/** The fields of a row -> the entity for the store. */
export function decodeEntity(id: string, fields: Fields): { readonly id: string } {
  return { id, ...fields }
}

/** For entities that JSON can carry as they are, dates apart. */
export const plainCodec: { readonly toFields: (entity: object) => object; readonly toEntity: (id: string, fields: Fields) => { readonly id: string } } = {
  toFields: (entity) => entity,
  toEntity: decodeEntity,
}

function encodeValue(value: unknown, path: string, parents: readonly object[]): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isFinite(value)) return value
  if (value === undefined) return null
  if (typeof value !== 'object') throw new TypeError(`The field ${path} holds a ${typeof value} that cannot be stored.`)
  if (value instanceof Date) return value.toISOString()
  if (parents.includes(value)) throw new TypeError(`The field ${path} holds a value that contains itself.`)
  const within = [...parents, value]
  if (Array.isArray(value)) return value.map((item, index) => encodeValue(item, `${path}[${index}]`, within))
  // A Map or a Set has no properties of its own: it would be stored as {} and its entries lost.
  const form = Object.prototype.toString.call(value)
  if (form !== '[object Object]') throw new TypeError(`The field ${path} holds an ${form} that cannot be stored; make it an object or an array.`)
  const kept = Object.entries(value).filter(([, item]) => item !== undefined)
  // Not by assignment: a key named __proto__ would set the prototype, and its value would be lost.
  return Object.fromEntries(kept.map(([key, item]) => [key, encodeValue(item, `${path}.${key}`, within)]))
}
