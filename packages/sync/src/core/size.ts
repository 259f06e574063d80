import type { Json } from './json.ts'
import type { Op } from './types.ts'

/** Names, ids, times and punctuation of an op on the wire. */
const opFrame = 300

/**
 * About the bytes of an op's JSON, as sent. An estimate that costs no copy of the values: a letter counts as one byte up to
 * ASCII and as three beyond. That is off by a factor of two at most, unless a text is full of control characters.
 */
export function sizeOf({ patch, baseValues }: Pick<Op, 'patch' | 'baseValues'>): number {
  return opFrame + jsonSize(patch) + jsonSize(baseValues)
}

function jsonSize(value: Json): number {
  if (typeof value === 'string') return textSize(value) + 2
  if (typeof value === 'number') return 8
  if (typeof value === 'boolean' || value === null) return 5
  let size = 2
  if (isList(value)) for (const item of value) size += jsonSize(item) + 1
  else for (const key in value) if (Object.hasOwn(value, key)) size += key.length + 4 + jsonSize(value[key] ?? null)
  return size
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)

function textSize(text: string): number {
  let size = text.length
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 127) size += 2
  return size
}
