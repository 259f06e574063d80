import { z } from 'zod'
import { ageGroupSchema } from './person.ts'

/** What a rule's quantity is multiplied by: nothing, the days, the people, or both. */
const perSchema = z.enum(['trip', 'day', 'person', 'person_day'])

/**
 * "`quantity` of `name` per `per`, at most `atMost`". It holds only for trips of `minDays` days or more, for people of
 * `ageGroup`, and for trips whose conditions include `needs`; `null`: always.
 */
export const ruleSchema = z.object({
  id: z.uuid(),
  name: z.string().trim().min(1).max(200),
  category: z.string().max(100).nullable(),
  quantity: z.int().min(0).max(9999),
  per: perSchema,
  atMost: z.int().min(0).max(9999).nullable(),
  minDays: z.int().min(0).max(9999).nullable(),
  ageGroup: ageGroupSchema.nullable(),
  needs: z.string().max(100).nullable(),
})

export type Rule = z.infer<typeof ruleSchema>
export type Per = z.infer<typeof perSchema>

/** A rule of one trip, for everybody who shares it. `skip`: not on this trip. */
export const tripRuleSchema = ruleSchema.extend({ tripId: z.uuid(), skip: z.boolean(), createdAt: z.string().optional() })

export type TripRule = z.infer<typeof tripRuleSchema>

/** A rule that its owner begins each trip with. */
export const defaultRuleSchema = ruleSchema.extend({ userId: z.uuid(), createdAt: z.string().optional() })

export type DefaultRule = z.infer<typeof defaultRuleSchema>

/** What a person enters about a rule. */
export type RuleDetails = Omit<Rule, 'id'>

/** A rule is copied from one place to another without what belongs to the place. `place`: what says where it belongs now. */
export function newRule<Place extends object>({ name, category, quantity, per, atMost, minDays, ageGroup, needs }: RuleDetails, place: Place & { readonly id: string }): Rule & Place {
  return { name, category, quantity, per, atMost, minDays, ageGroup, needs, ...place }
}
