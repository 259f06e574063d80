import type { RuleDetails } from './rule.ts'

/** What a trip can be like. Any other text is a condition as well. */
export const suggestedConditions: readonly string[] = ['cold', 'hot', 'rain', 'swimming', 'hiking', 'camping', 'abroad']

const always = { atMost: null, minDays: null, ageGroup: null, needs: null }

/** Offered to somebody who has no rules yet. `names`: the English name -> what it is called in their language. */
export const starterRulesIn = (names: Readonly<Record<string, string>>): RuleDetails[] => starterRules.map((rule) => named(rule, names[rule.name] ?? rule.name))

const named = (rule: RuleDetails, name: string): RuleDetails => ({ ...rule, name })

const starterRules: readonly RuleDetails[] = [
  { ...always, name: 'Socks', category: 'Clothes', quantity: 1, per: 'person_day', atMost: 7 },
  { ...always, name: 'Underwear', category: 'Clothes', quantity: 1, per: 'person_day', atMost: 7 },
  { ...always, name: 'T-shirts', category: 'Clothes', quantity: 1, per: 'person_day', atMost: 5 },
  { ...always, name: 'Pyjamas', category: 'Clothes', quantity: 1, per: 'person' },
  { ...always, name: 'Toothbrush', category: 'Toiletries', quantity: 1, per: 'person' },
  { ...always, name: 'First-aid kit', category: 'Medicine', quantity: 1, per: 'trip' },
  { ...always, name: 'Passport', category: 'Documents', quantity: 1, per: 'person', needs: 'abroad' },
  { ...always, name: 'Warm jumper', category: 'Clothes', quantity: 1, per: 'person', needs: 'cold' },
  { ...always, name: 'Rain jacket', category: 'Clothes', quantity: 1, per: 'person', needs: 'rain' },
  { ...always, name: 'Swimsuit', category: 'Clothes', quantity: 1, per: 'person', needs: 'swimming' },
  { ...always, name: 'Sun cream', category: 'Toiletries', quantity: 1, per: 'trip', needs: 'hot' },
  { ...always, name: 'Nappies', category: 'Toiletries', quantity: 6, per: 'person_day', atMost: 60, ageGroup: 'baby' },
  { ...always, name: 'Cuddly toy', category: 'Fun', quantity: 1, per: 'person', ageGroup: 'child' },
  { ...always, name: 'Washing powder', category: 'Toiletries', quantity: 1, per: 'trip', minDays: 8 },
]
