import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Validate } from './core/collection.ts'
import { SyncError } from './core/errors.ts'

/**
 * A Standard Schema (zod, valibot, arktype …) as the rule that each entity must pass [A4].
 *
 * @throws {SyncError} `bad-configuration`: a schema that answers later. A change is recorded in the very dispatch that makes it.
 */
export function toValidate(collection: string, schema: StandardSchemaV1): Validate {
  const validate: Validate = (entity) => {
    const result = schema['~standard'].validate(entity)
    if (result instanceof Promise) throw new SyncError('bad-configuration', `The schema of ${collection} is asynchronous; only one that answers at once can be used.`)
    return result.issues === undefined ? { value: result.value } : { issues: result.issues.map(inWords) }
  }
  // A rule that breaks on what is no entity of its kind says nothing yet; that it answers later it says at once.
  try {
    validate({})
  } catch (error) {
    if (error instanceof SyncError) throw error
  }
  return validate
}

function inWords({ message, path = [] }: StandardSchemaV1.Issue): string {
  const field = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.')
  return field === '' ? message : `${field}: ${message}`
}
