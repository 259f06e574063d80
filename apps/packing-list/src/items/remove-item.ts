import type { UnknownAction } from '@reduxjs/toolkit'
import type { Item } from '@stowaway/model'
import { itemChanged, itemRemoved } from './items-slice.ts'

/** What a rule has made is set to none instead: removed, the rule would bring it back. */
export const removeItem = ({ id, ruleId }: Item): UnknownAction => (ruleId === null ? itemRemoved(id) : itemChanged({ id, changes: { quantity: 0, packed: false } }))
