import { z } from 'zod'
import { itemSchema } from './item.ts'
import { personSchema } from './person.ts'
import { ruleSchema, tripRuleSchema } from './rule.ts'
import { tripDaySchema } from './trip-day.ts'
import { tripSchema } from './trip.ts'

const version = 1

const rulesFileSchema = z.object({
  format: z.literal('stowaway-rules'),
  version: z.literal(version),
  rules: z.array(ruleSchema).max(500),
})

const tripFileSchema = z.object({
  format: z.literal('stowaway-trip'),
  version: z.literal(version),
  trip: tripSchema,
  days: z.array(tripDaySchema).max(1_000),
  people: z.array(personSchema).max(200),
  rules: z.array(tripRuleSchema).max(500),
  items: z.array(itemSchema).max(10_000),
})

/** A trip with all that is in it. Who shares it is not part of it. */
export type TripContents = Omit<z.infer<typeof tripFileSchema>, 'format' | 'version'>
export type RulePack = Pick<z.infer<typeof rulesFileSchema>, 'rules'>

export type FileErrorCode = 'not-json' | 'other-format' | 'newer-version' | 'bad-content'

/** A file that cannot be read; `message` is a sentence for the person who chose it. */
export class FileError extends Error {
  override readonly name = 'FileError'
  readonly code: FileErrorCode
  /** What in the file is not as it should be, as in `items › 0 › name`; empty where that is the file as a whole. */
  readonly place: string

  constructor(message: string, { code, place = '', cause }: { readonly code: FileErrorCode; readonly place?: string; readonly cause?: unknown }) {
    super(message, { cause })
    this.code = code
    this.place = place
  }
}

export const writeTripFile = (contents: TripContents): string => JSON.stringify({ format: 'stowaway-trip', version, ...contents }, null, 2)

export const writeRulesFile = (pack: RulePack): string => JSON.stringify({ format: 'stowaway-rules', version, ...pack }, null, 2)

/** @throws {FileError} */
export const readTripFile = (text: string): TripContents => read(text, { format: 'stowaway-trip', schema: tripFileSchema })

/** @throws {FileError} */
export const readRulesFile = (text: string): RulePack => read(text, { format: 'stowaway-rules', schema: rulesFileSchema })

interface Form<Contents extends object> {
  readonly format: string
  readonly schema: z.ZodType<Contents & { readonly format: string; readonly version: number }>
}

function read<Contents extends object>(text: string, { format, schema }: Form<Contents>): Omit<Contents, 'format' | 'version'> {
  const json = parse(text)
  const head = z.object({ format: z.string(), version: z.number() }).safeParse(json).data
  const what = format === 'stowaway-trip' ? 'a trip' : 'packing rules'
  if (head?.format !== format) throw new FileError(`This file does not hold ${what}. Choose one that was exported here.`, { code: 'other-format' })
  if (head.version > version) throw new FileError('This file was made by a newer version of the app. Update, and try again.', { code: 'newer-version' })
  const { data, error } = schema.safeParse(json)
  if (data !== undefined) return contentsOf(data)
  const { path, message } = error!.issues[0]!
  const place = path.join(' › ')
  throw new FileError(`Something in this file is not as it should be, at ${place || 'its start'}: ${message}`, { code: 'bad-content', place, cause: error })
}

function contentsOf<File extends { format: string; version: number }>(file: File): Omit<File, 'format' | 'version'> {
  const contents: Partial<File> & Omit<File, 'format' | 'version'> = { ...file }
  delete contents.format
  delete contents.version
  return contents
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new FileError('This file cannot be read: it is not JSON. Perhaps it was cut off on its way.', { code: 'not-json', cause })
  }
}
