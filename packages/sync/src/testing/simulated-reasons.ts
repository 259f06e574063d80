import { equal } from '../core/equal.ts'
import type { Fields } from '../core/json.ts'
import { atomicGroups } from '../core/plan.ts'
import { keys, kindOf } from '../core/records.ts'
import { squash } from '../core/squash.ts'
import type { Answer, Change, EntityRef, RecordedChange, Rejected } from '../core/types.ts'

/** By this answer nothing is left of an op to be kept. */
export const isDoing = (answer: Answer | undefined): boolean => ['applied', 'merged', 'duplicate', 'conflict', 'deleted'].includes(answer?.status ?? '')

/** Fields that only the server fills in. */
export const ofServer: ReadonlySet<string> = new Set(['createdAt', 'createdBy'])

export const changeKey = (sequence: number): string => `change/${String(sequence).padStart(16, '0')}`

export function isChangeOf(record: unknown, { collection, id }: EntityRef): record is RecordedChange {
  return typeof record === 'object' && record !== null && 'changeId' in record && 'id' in record && record.id === id && 'collection' in record && record.collection === collection
}

/** What only the server fills in is not sent; and what edits of two tabs add that did not know of each other may make nothing [PU2]. */
export function comesToNothing(recorded: readonly Change[]): boolean {
  const changes = recorded.map((change) => ({ ...change, patch: withoutServerFields(change.patch), baseValues: withoutServerFields(change.baseValues) }))
  if (isNothing(changes)) return true
  const others = changes.map((change) => ({ ...change, patch: withoutQuantity(change.patch), baseValues: withoutQuantity(change.baseValues) }))
  const edits = changes.filter(({ patch }) => 'quantity' in patch)
  const cancel = edits.reduce((sum, { patch, baseValues }) => sum + Number(patch['quantity']) - Number(baseValues['quantity']), 0) === 0
  return cancel && changes.every(({ kind }) => kind === 'update') && isNothing(others)
}

function isNothing(changes: readonly Change[]): boolean {
  const squashed = squash(changes)
  return squashed === null || (squashed.kind === 'update' && Object.keys(squashed.patch).length === 0)
}

const withoutServerFields = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([field]) => !ofServer.has(field)))
const withoutQuantity = (fields: Fields): Fields => Object.fromEntries(Object.entries(fields).filter(([field]) => field !== 'quantity'))

/** In another epoch versions mean nothing: a change that stays is written again without [PL5]. And it may get another name; in memory that stands in, both before it is written. */
export function isSameEdit(change: RecordedChange, put: unknown): boolean {
  const { changeId, baseVersion } = (put ?? change) as RecordedChange
  return put !== undefined && (baseVersion === 0 || baseVersion === change.baseVersion) && equal(put, { ...change, changeId, baseVersion })
}

/** The change is kept in a record of the same write. */
export function isKept({ sequence }: RecordedChange, puts: ReadonlyMap<string, unknown>): boolean {
  return [...puts].some(([key, value]) => {
    if (kindOf(key) !== 'rejected') return false
    return (value as Rejected).changes.some((kept) => kept.sequence === sequence)
  })
}

/** Refusals that hang together are decided together: those that depend on each other, and those of one unit [OB7], [A7]. */
export function decidedTogether(key: string, rejected: readonly Rejected[]): ReadonlySet<string> {
  const together = new Set([key])
  // A set's iteration goes on with what is added to it.
  for (const one of together) {
    const from = rejected.find(({ rejectedId }) => keys.rejected(rejectedId) === one)
    if (from === undefined) continue
    const near = rejected.filter((other) => other.dependsOn === from.rejectedId || from.dependsOn === other.rejectedId || isOfUnit(other, atomicGroups(from.changes)))
    for (const { rejectedId } of near) together.add(keys.rejected(rejectedId))
  }
  return together
}

export const isOfUnit = ({ changes }: Pick<Rejected, 'changes'>, units: ReadonlySet<string>): boolean => changes.some(({ group }) => units.has(group.groupId))
