import { createEntityAdapter, createSlice, type PayloadAction } from '@reduxjs/toolkit'
import type { DefaultRule, Rule, TripRule } from '@stowaway/model'
import { contentsAdded } from '../trips/contents-added.ts'

/** What a person enters about a rule. */
export type RuleDetails = Omit<Rule, 'id'>

export const tripRulesAdapter = createEntityAdapter<TripRule>({ sortComparer: byName })
export const defaultRulesAdapter = createEntityAdapter<DefaultRule>({ sortComparer: byName })

/** The rules of a trip. */
const tripRules = createSlice({
  name: 'tripRules',
  initialState: tripRulesAdapter.getInitialState(),
  reducers: {
    tripRulesAdded: {
      reducer: (state, action: PayloadAction<TripRule[]>) => tripRulesAdapter.addMany(state, action),
      prepare: (tripId: string, rules: readonly RuleDetails[]) => ({ payload: rules.map((rule) => ({ ...detailsOf(rule), id: crypto.randomUUID(), tripId, skip: false })) }),
    },
    tripRuleChanged: tripRulesAdapter.updateOne,
    tripRuleRemoved: tripRulesAdapter.removeOne,
  },
  extraReducers: (builder) => {
    builder.addCase(contentsAdded, (state, { payload }) => tripRulesAdapter.addMany(state, payload.rules))
  },
})

/** The rules that the user begins each trip with. */
const defaultRules = createSlice({
  name: 'defaultRules',
  initialState: defaultRulesAdapter.getInitialState(),
  reducers: {
    defaultRulesAdded: {
      reducer: (state, action: PayloadAction<DefaultRule[]>) => defaultRulesAdapter.addMany(state, action),
      prepare: (userId: string, rules: readonly RuleDetails[]) => ({ payload: rules.map((rule) => ({ ...detailsOf(rule), id: crypto.randomUUID(), userId })) }),
    },
    defaultRuleChanged: defaultRulesAdapter.updateOne,
    defaultRuleRemoved: defaultRulesAdapter.removeOne,
  },
})

/** A rule is copied from one place to another without what belongs to the place. */
function detailsOf({ name, category, quantity, per, atMost, minDays, ageGroup, needs }: RuleDetails): RuleDetails {
  return { name, category, quantity, per, atMost, minDays, ageGroup, needs }
}

function byName(a: Rule, b: Rule): number {
  return a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1)
}

export const { tripRulesAdded, tripRuleChanged, tripRuleRemoved } = tripRules.actions
export const { defaultRulesAdded, defaultRuleChanged, defaultRuleRemoved } = defaultRules.actions
export const tripRulesReducer = tripRules.reducer
export const defaultRulesReducer = defaultRules.reducer
