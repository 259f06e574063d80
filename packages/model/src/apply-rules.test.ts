import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyRules, changesNothing, isDismissed, isTouched, quantityOf, type ItemEdits, type Packing } from './apply-rules.ts'
import { itemOf, personOf, ruleOf, tripOf } from './builders.ts'
import { editOfItem, type Item } from './item.ts'
import type { TripRule } from './rule.ts'
import type { Trip } from './trip.ts'

const [ann, mia] = [personOf(1, { name: 'Ann' }), personOf(2, { name: 'Mia', ageGroup: 'child' })]

function after(items: readonly Item[], { added, changed, removed }: ItemEdits): Item[] {
  const changes = new Map(changed.map((edit) => [edit.id, edit.changes]))
  return [...items.filter(({ id }) => !removed.includes(id)).map((item) => ({ ...item, ...changes.get(item.id) })), ...added]
}

const byId = (items: readonly Item[]) => items.toSorted((a, b) => (a.id < b.id ? -1 : 1))

const packed = (packing: Partial<Packing>): Packing => ({ trip: tripOf(), people: [ann, mia], rules: [], items: [], ...packing })

test('[G1] one pair of socks per person and day, at most 7', () => {
  const socks = ruleOf(9, { name: 'Socks' })
  const { added } = applyRules(packed({ rules: [socks] }))
  expect(added).toMatchObject([{ name: 'Socks', personId: ann.id, quantity: 5 }, { name: 'Socks', personId: mia.id, quantity: 5 }])
  const longer = tripOf({ endsOn: '2026-07-20' })
  expect(applyRules(packed({ trip: longer, rules: [socks], items: added })).changed.map(({ changes }) => changes.quantity)).toEqual([7, 7])
})

interface RuleCase {
  readonly name: string
  readonly rule: Partial<TripRule>
  readonly trip?: Partial<Trip>
  readonly items: number
}

const cases: RuleCase[] = [
  { name: 'a trip that is long enough', rule: { minDays: 5 }, items: 2 },
  { name: 'a trip that is too short', rule: { minDays: 6 }, items: 0 },
  { name: 'people of an age', rule: { ageGroup: 'child' }, items: 1 },
  { name: 'a person of no age as an adult', rule: { ageGroup: 'adult' }, items: 1 },
  { name: 'a cold trip', rule: { needs: 'cold' }, trip: { conditions: ['cold'] }, items: 2 },
  { name: 'a trip that is not cold', rule: { needs: 'cold' }, trip: { conditions: ['hot'] }, items: 0 },
  { name: 'a trip that leaves it out', rule: { skip: true }, items: 0 },
  { name: 'unknown days as not long enough', rule: { minDays: 2 }, trip: { endsOn: null }, items: 0 },
  { name: 'the trip once', rule: { per: 'trip' }, items: 1 },
  { name: 'the trip once, where nobody has the age', rule: { per: 'trip', ageGroup: 'baby' }, items: 0 },
]

test.each(cases)('[G1] a rule takes $name', ({ rule, trip, items }) => {
  expect(applyRules(packed({ trip: tripOf(trip), rules: [ruleOf(9, rule)] })).added).toHaveLength(items)
})

test('[G1] what a rule makes for several people stands in their order', () => {
  const { added } = applyRules(packed({ people: [mia, ann], rules: [ruleOf(8, { per: 'trip' }), ruleOf(9)] }))
  expect(added.toSorted((a, b) => a.position - b.position).map(({ personId }) => personId)).toEqual([null, ann.id, mia.id])
})

test('[G1] what was ticked or counted by hand stays, also when its rule is gone', () => {
  const rules = [ruleOf(9)]
  const [first, second] = applyRules(packed({ rules })).added as [Item, Item]
  const items = [{ ...first, packed: true }, { ...second, quantity: 2 }]
  expect(changesNothing(applyRules(packed({ trip: tripOf({ endsOn: '2026-07-02' }), rules, items })))).toBe(true)
  expect(changesNothing(applyRules(packed({ rules: [], items })))).toBe(true)
})

test('[G1] "not this time" is not forgotten', () => {
  const rules = [ruleOf(9)]
  const items = applyRules(packed({ rules })).added.map((item) => ({ ...item, quantity: 0 }))
  expect(items.every(isDismissed)).toBe(true)
  expect(changesNothing(applyRules(packed({ trip: tripOf({ endsOn: '2026-07-09' }), rules, items })))).toBe(true)
})

const anyDay = fc.integer({ min: 1, max: 28 }).map((day) => `2026-07-${String(day).padStart(2, '0')}`)
const anyPacking: fc.Arbitrary<Packing> = fc
  .record({
    days: fc.tuple(fc.option(anyDay), fc.option(anyDay)),
    conditions: fc.subarray(['cold', 'swimming']),
    ages: fc.array(fc.constantFrom(null, 'child', 'adult'), { maxLength: 3 }),
    rules: fc.array(
      fc.record({
        per: fc.constantFrom('trip', 'day', 'person', 'person_day'),
        quantity: fc.nat(4),
        atMost: fc.option(fc.nat(9)),
        minDays: fc.option(fc.nat(9)),
        ageGroup: fc.constantFrom(null, 'child', 'adult'),
        needs: fc.constantFrom(null, 'cold', 'swimming'),
        skip: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
    touches: fc.array(fc.constantFrom('left', 'left', 'left', 'ticked', 'counted', 'renamed', 'moved', 'dismissed', 'deleted'), { minLength: 1, maxLength: 12 }),
    edits: fc.array(fc.constantFrom({}, { name: 'Boots' }, { category: 'Gear' }), { minLength: 1, maxLength: 4 }),
  })
  .map(({ days: [startsOn, endsOn], conditions, ages, rules, touches, edits }) => {
    const people = ages.map((ageGroup, nth) => personOf(nth + 1, { ageGroup }))
    const all = rules.map((rule, nth) => ruleOf(nth + 50, rule))
    const made = applyRules({ trip: tripOf(), people, rules: all.map((rule) => ({ ...rule, skip: false })), items: [] }).added
    const items = made.flatMap((item, nth) => {
      const touch = touches[nth % touches.length]
      if (touch === 'deleted') return []
      if (touch === 'ticked') return [{ ...item, packed: true }]
      if (touch === 'renamed') return [{ ...item, ...editOfItem(item, { name: 'Stockings' }) }]
      if (touch === 'moved') return [{ ...item, ...editOfItem(item, { category: 'Gear' }) }]
      return [touch === 'counted' ? { ...item, quantity: item.quantity + 3 } : touch === 'dismissed' ? { ...item, quantity: 0 } : item]
    })
    // The rules as they are now: some have another name or category than when they made their items.
    const edited = all.map((rule, nth) => Object.assign({}, rule, edits[nth % edits.length]))
    return { trip: tripOf({ startsOn, endsOn, conditions }), people, rules: edited, items: [...items, itemOf(99)] }
  })

test('[G1] done twice it changes nothing the second time', () => {
  fc.assert(
    fc.property(anyPacking, (packing) => {
      const items = after(packing.items, applyRules(packing))
      expect(changesNothing(applyRules({ ...packing, items }))).toBe(true)
    }),
  )
})

test('[G1] whatever changes, what a person touched or added is as it was', () => {
  fc.assert(
    fc.property(anyPacking, (packing) => {
      const items = after(packing.items, applyRules(packing))
      const theirs = packing.items.filter((item) => item.ruleId === null || isTouched(item))
      for (const item of theirs) expect(items).toContainEqual(item)
    }),
  )
})

test('[G1] what nobody touched is called, sorted and counted as its rule says now', () => {
  fc.assert(
    fc.property(anyPacking, (packing) => {
      const rules = new Map(packing.rules.map((rule) => [rule.id, rule]))
      const untouched = after(packing.items, applyRules(packing)).filter((item) => item.ruleId !== null && !isTouched(item))
      for (const { ruleId, name, category, quantity } of untouched) {
        const rule = rules.get(ruleId!)!
        expect({ name, category, quantity }).toEqual({ name: rule.name, category: rule.category, quantity: quantityOf(rule, packing.trip) })
      }
    }),
    // Most trips have no item that a rule still asks for: many are tried.
    { numRuns: 1_000 },
  )
})

test('[G1] a renamed rule renames its items, but for those that somebody ticked, counted or renamed', () => {
  const before = applyRules(packed({ people: [ann, mia, personOf(3)], rules: [ruleOf(9, { name: 'Socks' })] })).added as [Item, Item, Item]
  const items = [before[0], { ...before[1], packed: true }, { ...before[2], ...editOfItem(before[2], { name: 'Stockings' }) }]
  const packing = packed({ people: [ann, mia, personOf(3)], rules: [ruleOf(9, { name: 'Warm socks' })], items })
  expect(after(items, applyRules(packing)).map(({ name }) => name)).toEqual(['Warm socks', 'Socks', 'Stockings'])
})

test('[G1] devices that apply the rules apart make the same items', () => {
  fc.assert(
    fc.property(anyPacking, (packing) => {
      const shuffled = { ...packing, people: packing.people.toReversed(), items: packing.items.toReversed() }
      expect(byId(after(shuffled.items, applyRules(shuffled)))).toEqual(byId(after(packing.items, applyRules(packing))))
    }),
  )
})

test('[G1] no rule asks for more than its most', () => {
  fc.assert(
    fc.property(anyPacking, (packing) => {
      const most = new Map(packing.rules.map(({ id, atMost }) => [id, atMost ?? 9999]))
      for (const { ruleId, quantity } of applyRules(packing).added) expect(quantity).toBeLessThanOrEqual(most.get(ruleId!)!)
    }),
  )
})
