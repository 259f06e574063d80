import { describe, expect, test } from 'vitest'
import { keys } from '../core/records.ts'
import { seal, unseal } from '../core/sealed.ts'
import { opOf, recordedOf, rowOf } from '../testing/builders.ts'
import { caughtUp as caughtUpOf, differenceOf as differenceOfAll, renumbered, type Apart, type Records } from './taking-over.ts'

/** Each of an item of its own. */
const change = (sequence: number, given: object = {}) => [keys.change(sequence), seal({ ...recordedOf(sequence, { id: `item-${sequence}` }), ...given })] as const
const batch = (...sequences: number[]) => [keys.batch, seal({ batchId: 'b', ops: sequences.map((sequence) => opOf([recordedOf(sequence)], { opId: `op-${sequence}` })) })] as const
const rejected = (sequence: number) => [keys.rejected(`r${sequence}`), seal({ rejectedId: `r${sequence}`, changes: [recordedOf(sequence)] })] as const
const page = (name: string) => [keys.page('items', 'lakes', 0), seal({ rows: [rowOf({ fields: { name } })] })] as const
const at = (commits: number, ...records: (readonly [string, unknown])[]): Records => new Map([[keys.commits, commits], ...records])
const told = ({ puts, deletes }: { puts: readonly (readonly [string, unknown])[]; deletes: readonly string[] }) => [puts.map(([key]) => key), deletes]

const differenceOf = (apart: Omit<Apart, 'standsOnSeed'>) => differenceOfAll({ standsOnSeed: true, ...apart })
const caughtUp = (apart: Omit<Apart, 'standsOnSeed'>) => caughtUpOf({ standsOnSeed: true, ...apart })

describe('[ST2] what is taken from memory to the device', () => {
  test('where nobody wrote there meanwhile: all that differs, rows too', () => {
    const seed = at(5, change(1), change(2), page('Tent'))
    const memory = at(40, change(2), change(900), page('Big tent'))
    expect(told(differenceOf({ seed, memory, stored: seed }))).toEqual([[keys.change(900), keys.page('items', 'lakes', 0)], [keys.change(1)]])
  })

  test('rows that made room meanwhile come again', () => {
    const seed = at(5, page('Tent'))
    expect(told(differenceOf({ seed, memory: at(40, page('Tent')), stored: at(5) }))).toEqual([[keys.page('items', 'lakes', 0)], []])
  })

  test('where others wrote and memory has caught up with them, its rows are not what the device goes on from', () => {
    const seed = at(5, page('Tent'))
    expect(told(differenceOfAll({ seed, standsOnSeed: false, memory: at(40, change(900), page('Big tent')), stored: seed }))).toEqual([[keys.change(900)], []])
  })

  test('where others wrote: the work of the user, and no rows', () => {
    const seed = at(5, change(1), page('Tent'))
    const memory = at(40, change(900), page('Big tent'))
    expect(told(differenceOf({ seed, memory, stored: at(6, change(1), change(7), page('Tent')) }))).toEqual([[keys.change(900)], [keys.change(1)]])
  })

  test('of a change that another tab has dealt with, or has on its way, theirs holds, and nothing is taken that says what became of it here', () => {
    const seed = at(5, change(1), change(2))
    const memory = at(40, rejected(1), rejected(2))
    expect(told(differenceOf({ seed, memory, stored: at(7, change(2)) }))).toEqual([[keys.rejected('r2')], [keys.change(2)]])
    const inFlight = differenceOf({ seed, memory, stored: at(7, change(1), change(2), batch(1)) })
    expect(told(inFlight)).toEqual([[keys.rejected('r2')], [keys.change(2)]])
    expect(inFlight.areBothSending).toBe(false)
  })

  test('[OB4] of what waits together only what others have dealt with is left out: nothing else is lost with it', () => {
    const both = [keys.rejected('r'), seal({ rejectedId: 'r', changes: [recordedOf(1), recordedOf(2), recordedOf(900)] })] as const
    const { puts, deletes } = differenceOf({ seed: at(5, change(1), change(2)), memory: at(40, both), stored: at(7, change(2)) })
    expect(deletes).toEqual([keys.change(2)])
    expect(unseal(puts[0]![1])).toMatchObject({ is: 'whole', value: { changes: [{ sequence: 2 }, { sequence: 900 }] } })
  })

  test('[A7] what is of the same entity or unit as theirs is theirs', () => {
    const unit = { group: { groupId: 'pack', atomic: true, cause: 'edit' } }
    const seed = at(5, change(1), change(2, { id: 'item-1' }), change(3, unit), change(4, unit))
    expect(told(differenceOf({ seed, memory: at(40), stored: at(7, change(2, { id: 'item-1' }), change(3, unit)) }))).toEqual([[], []])
  })

  test('[OB3] of two batches none is given up; one that both had is where memory is', () => {
    const seed = at(5, change(1), batch(1))
    expect(differenceOf({ seed: at(5, change(1)), memory: at(40, change(1), change(900), batch(900)), stored: at(6, change(1), batch(1)) }).areBothSending).toBe(true)
    expect(told(differenceOf({ seed, memory: at(40, change(900), batch(900)), stored: seed }))).toEqual([[keys.change(900), keys.batch], [keys.change(1)]])
    expect(told(differenceOf({ seed, memory: at(40), stored: seed }))).toEqual([[], [keys.change(1), keys.batch]])
    // Another tab has settled it, and memory still waits for the answers.
    expect(told(differenceOf({ seed, memory: at(40, change(1), batch(1)), stored: at(6) }))).toEqual([[], []])
  })

  test('[OB4] a number that another tab has given as well, to a change that waits there, is told; what memory has made of a change that it knew there is no other', () => {
    const theirs = { id: 'other', changeId: 'other', group: { groupId: 'theirs', atomic: false, cause: 'edit' } }
    expect(differenceOf({ seed: at(0), memory: at(40, change(900), change(901)), stored: at(6, change(900, theirs)) }).clashing).toEqual([keys.change(900)])
    expect(differenceOf({ seed: at(5, change(1)), memory: at(40, change(1, theirs)), stored: at(6, change(1)) }).clashing).toEqual([])
    expect(differenceOf({ seed: at(0), memory: at(40, change(1, { changeId: 'new' })), stored: at(6, change(1)) }).clashing).toEqual([])
  })

  test('[OB4] where both gave a number, what memory has from there on gets new ones, in its order; not while one of them is on its way', () => {
    const theirs = change(901, { changeId: 'other', group: { groupId: 'theirs', atomic: false, cause: 'edit' } })
    const stored = at(7, theirs, change(905))
    const own = [change(900), change(901), change(902)]
    const both = (...further: Parameters<typeof at>[1][]) => differenceOf({ seed: at(5), memory: at(40, ...own, ...further), stored })
    const { puts, append } = renumbered(both(rejected(903)), stored)!
    expect(told({ puts, deletes: [] })).toEqual([[keys.change(900), keys.rejected('r903')], []])
    expect(append).toEqual([own[1]![1], own[2]![1]])
    expect(renumbered(both(batch(902)), stored)).toBeNull()
    expect(renumbered(both(batch(900)), stored)?.append).toHaveLength(2)
    expect(renumbered(differenceOf({ seed: at(5), memory: at(40, ...own), stored: at(5) }), at(5))?.append).toEqual([])
  })

  test('[OB4] [OB7] where theirs of that number is on its way, what is waiting here, or is in the tray, is kept', () => {
    const theirs = change(901, { changeId: 'other', group: { groupId: 'theirs', atomic: false, cause: 'edit' } })
    const stored = at(7, change(1), theirs, batch(1, 901))
    const waiting = differenceOf({ seed: at(5, change(1)), memory: at(40, change(1), change(901)), stored })
    expect([...told(waiting), waiting.clashing]).toEqual([[keys.change(901)], [], [keys.change(901)]])
    expect(told(differenceOf({ seed: at(5, change(1)), memory: at(40, change(1), rejected(901)), stored }))).toEqual([[keys.rejected('r901')], []])
    expect(told(differenceOf({ seed: at(5, change(1)), memory: at(40, rejected(1)), stored }))).toEqual([[], []])
  })

  test('[OB8] a batch that memory found broken is not put back where it was set aside meanwhile, and hinders nobody', () => {
    const broken = [keys.batch, { ...seal({ batchId: 'b', ops: [] }), text: '~' }] as const
    const [seed, memory] = [at(5, change(1), broken), at(40, change(1), broken, change(900))]
    expect(told(differenceOf({ seed, memory, stored: at(7, change(1)) }))).toEqual([[keys.change(900)], []])
    const besideTheirs = differenceOf({ seed, memory, stored: at(7, change(1), batch(1)) })
    expect([...told(besideTheirs), besideTheirs.areBothSending]).toEqual([[keys.change(900)], [], false])
    expect(told(caughtUp({ seed, memory, stored: at(7, change(1)) }))).toEqual([[], [keys.batch]])
  })

  test('a new database gets all of it: what was in the old one is in memory alone', () => {
    const seed = at(5, change(1))
    expect(told(differenceOf({ seed, memory: at(40, change(1), change(900)), stored: at(1) }))).toEqual([[keys.change(1), keys.change(900)], []])
  })
})

test('[ST2] memory that goes on beside others takes in what they wrote, and keeps what is its own', () => {
  const seed = at(5, change(1), change(2))
  const memory = at(40, change(2), change(900), rejected(1))
  const [puts, deletes] = told(caughtUp({ seed, memory, stored: at(6, change(1), change(2), change(7)) }))
  expect([puts, deletes]).toEqual([[keys.change(7)], []])
  expect(told(caughtUp({ seed, memory, stored: at(6, change(2)) }))).toEqual([[], [keys.rejected('r1')]])
})
