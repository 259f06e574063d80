import type { Rule } from '@stowaway/model'
import type { Texts } from './texts.ts'

/** As in "1 per person and day, at most 7, cold". */
export function ruleInWords(rule: Omit<Rule, 'id' | 'name' | 'category'>, texts: Texts): string {
  const { quantity, per, atMost, minDays, ageGroup, needs } = rule
  const parts = [
    texts.ruleInWords(quantity, texts.pers[per]),
    atMost !== null && texts.atMostInWords(atMost),
    minDays !== null && texts.fromDays(minDays),
    ageGroup !== null && texts.ageGroups[ageGroup].toLocaleLowerCase(),
    needs !== null && (texts.conditionNames[needs] ?? needs),
  ]
  return parts.filter((part) => part !== false).join(', ')
}
