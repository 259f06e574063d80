import type { Fields } from './json.ts'
import type { DeletePolicy, MergePolicy } from './policies.ts'

/** What is pushed first when much is waiting. It never overrules causality [OB6]. */
export type Priority = 'critical' | 'high' | 'normal' | 'low'

/** A synced collection, with every default filled in. */
export interface Collection {
  /** The slice's name; on the wire its table is named. */
  readonly name: string
  /** The field that names the scope; `id` for the scope's root. */
  readonly scopeField: string
  /** Field -> the collection whose id it holds. */
  readonly references: Readonly<Record<string, string>>
  readonly priority: Priority
  /** Fields that only the server fills in. They are shown and never sent: the server refuses an op that names one [PU5]. */
  readonly serverFields: readonly string[]
  readonly merge: Readonly<Record<string, MergePolicy>>
  readonly mergeDefault: MergePolicy
  readonly deletePolicy: DeletePolicy
  /** Fields in which a wrong decision does harm: a conflict about one is severe, and its confidence lower [CO4]. */
  readonly critical: readonly string[]
  /** 0 to 1. A decision that gives one side up with less confidence than this is left to a person [CO4]. */
  readonly threshold: number
  /** The rule that each of its entities must pass; `null`: any will do. Entities are given as they lie in the store [A4]. */
  readonly validate: Validate | null
  /** An entity as it lies in the store -> an object of what JSON can carry, and dates; and back. */
  readonly toFields: (entity: object) => object
  readonly toEntity: (id: string, fields: Fields) => object
}

/** What is wrong with an entity, in sentences for its user; or the entity, with what the rule made of its fields. */
export type Validate = (entity: unknown) => { readonly issues: readonly string[] } | { readonly value: unknown }

export type Collections = ReadonlyMap<string, Collection>
