import * as fc from 'fast-check'
import type { Target } from './hostile-testing.ts'

// Everything here is JSON text, not values: JSON.stringify cannot write 1e400, half a surrogate pair or a member twice.

const injections = ["'; drop table public.items; --", '"; delete from public.items; --', "items' or '1'='1", '%I', '%s', '$1', '$body$', '\\', '{}', '{a,b}', '[5:6]={a,b}', '(1,2)', 'null']
const times = ['infinity', '-infinity', 'now', 'epoch', '2024-02-30', '0000-00-00', '99999-01-01', '294277-01-01', '4714-01-01 BC', '0044-03-15 BC', '1e400', '24:00']
const numbers = ['NaN', 'Infinity', '-Infinity', '1e400', '0x10', '9223372036854775808', '-1']
const scalars = ['null', 'true', '0', '-0', '-1', '1e400', '-1e400', '1e-400', '1e131073', '9223372036854775808', '0.1', '2147483648', '10000']
const strings = ['""', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00x"', '"\\ud83d\\ude00"', '"\\u202e\\u200b"', '"\\ufdd0"']
const shapes = ['[]', '{}', '[null]', '[[]]', '[["a"],["b"]]', '{"":null}', '{"a":1,"a":2}', '{"__proto__":{"x":1}}', '{"constructor":1}']

/** Any JSON: what is wrong in most places, and well formed in all. */
export const hostile: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...[...injections, ...times, ...numbers].map((text) => JSON.stringify(text)), ...scalars, ...strings, ...shapes) },
  { weight: 3, arbitrary: fc.jsonValue({ depthSize: 'small' }).map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.constantFrom(100, 1_000, 10_000).map((depth) => '['.repeat(depth) + ']'.repeat(depth)) },
  { weight: 1, arbitrary: fc.constantFrom(300, 30_000, 270_000).map((length) => JSON.stringify('x'.repeat(length))) },
)

/** What fits the columns of each collection; the first of them a row cannot do without. */
const fitting: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  trips: { name: ['x'], notes: ['x', null], starts_on: ['2026-07-01', null], conditions: [['cold'], []], archived: [true] },
  trip_members: { user_id: [], role: ['owner', 'editor', 'viewer'], name: ['x'] },
  trip_days: { day: ['2026-07-02'], weather: ['x'], trip_id: [] },
  trip_rules: { name: ['x'], per: ['day', 'trip'], quantity: [1, 2], skip: [true], trip_id: [] },
  people: { name: ['x'], color: ['x'], position: [1], trip_id: [] },
  items: { name: ['x'], quantity: [1, 5], packed: [true], position: [0.5], person_id: [null], trip_id: [], rule_id: [null] },
  default_rules: { name: ['x'], per: ['day', 'trip'], at_most: [1, null], user_id: [] },
}
const serverOwned = ['id', 'sync_version', 'sync_xid', 'created_by', 'created_at']
const noColumns = ['__proto__', 'constructor', 'toString', 'ctid', 'xmin', 'tableoid', 'NAME', ' name', 'name"', "name'", 'name; drop table x', '', '\u202e', 'x'.repeat(100), 'naïve', 't', 'o', 'r', 'b']
const noCollections = ['users', 'auth.users', 'sync.operations', 'trip_invites', 'pg_class', 'Items', 'public.items', 'items"', "items'; --", '__proto__', '']

export interface OpMaterial {
  readonly targets: readonly Target[]
  /** Op ids that another user's ops had. */
  readonly foreignOpIds: readonly string[]
  /** User ids: scopes, and ids that rows may be given. */
  readonly users: readonly string[]
}

type Members = ReadonlyArray<readonly [string, string]>

/** Ops of the right form about anyone's rows, of which most have one thing that is wrong; and nonsense. */
export function hostileOp(material: OpMaterial): fc.Arbitrary<string> {
  const about = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...material.targets) },
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...material.targets), fc.uuid()).map(([target, id]) => ({ ...target, id, scope: target.collection === 'trips' ? id : target.scope })) },
    { weight: 1, arbitrary: fc.record({ collection: fc.constantFrom(...Object.keys(fitting)), id: fc.constantFrom(...material.targets, ...material.users).map((one) => (typeof one === 'string' ? one : one.id)), scope: fc.constantFrom(...material.targets, ...material.users).map((one) => (typeof one === 'string' ? one : one.scope)) }) },
  )
  const shaped = fc
    .tuple(about, fc.constantFrom('create', 'update', 'update', 'delete', 'replace'))
    .chain(([target, kind]) => shapedOp(material, target, kind))
  const spoilt = fc.tuple(shaped, fc.nat(), hostile, fc.constantFrom(...noCollections)).map(([members, place, value, name]): Members => {
    const chosen = place % members.length
    return members.map(([member, text], index) => [member, index !== chosen ? text : member === '"collection"' ? JSON.stringify(name) : value])
  })
  const nonsense = fc.array(fc.tuple(fc.constantFrom('op_id', 'kind', 'id', 'scope', 'patch', 'x', '__proto__').map((name) => JSON.stringify(name)), hostile))
  return fc.oneof({ weight: 6, arbitrary: shaped }, { weight: 4, arbitrary: spoilt }, { weight: 1, arbitrary: nonsense }).map(toObject)
}

function shapedOp({ targets, foreignOpIds, users }: OpMaterial, target: Target, kind: string): fc.Arbitrary<Members> {
  const columns = fitting[target.collection] ?? {}
  const ids = [...targets.map(({ id }) => id), ...targets.map(({ scope }) => scope), ...users]
  const values = (column: string) => {
    const right = columns[column]?.map((one) => JSON.stringify(one)) ?? []
    const wrong = { weight: 1, arbitrary: fc.oneof(hostile, quoted(ids)) }
    return right.length === 0 ? wrong.arbitrary : fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...right) }, wrong)
  }
  const field = (name: string) => values(name).map((value) => [JSON.stringify(name), value] as const)
  const oddField = fc.tuple(quoted([...serverOwned, ...noColumns]), fc.oneof(hostile, fc.constant('1')))
  const some = fc.tuple(fc.subarray(Object.keys(columns), { minLength: 1 }).chain((names) => fc.tuple(...names.map(field))), fc.option(oddField, { freq: 12 })).map(([fields, odd]) => toObject(odd === null ? fields : [...fields, odd]))
  const opId = fc.oneof({ weight: 20, arbitrary: quotedUuid }, { weight: 1, arbitrary: quoted(foreignOpIds) }, { weight: 1, arbitrary: fc.constant('"00000000-0000-4000-8000-000000000001"') })
  const usual = { op_id: opId, kind: fc.constant(JSON.stringify(kind)), collection: fc.constant(JSON.stringify(target.collection)), id: fc.constant(JSON.stringify(target.id)), scope: fc.constant(JSON.stringify(target.scope)), time: fc.constant('"2026-07-01T10:00:00Z"') }
  const patch: { patch?: fc.Arbitrary<string> } = kind === 'delete' ? {} : { patch: kind === 'update' ? some : fc.tuple(...Object.keys(columns).filter((name) => name !== 'trip_id' && name !== 'person_id').map(field)).map(toObject) }
  const unit = quoted(['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'])
  const add = fc.constantFrom('{"quantity":1}', '{"quantity":1e308}', '{"name":1}', '{"position":-1}', '{"id":1}')
  const extra = fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    fc.record({ base: some }),
    fc.record({ base_version: fc.constantFrom('null', '0', '1', '800') }),
    fc.record({ unit }),
    ...(kind === 'update' ? [fc.record({ add }), fc.record({ add, unit })] : []),
  )
  return fc.tuple(fc.record({ ...usual, ...patch }), extra)
    .map(([members, more]) => Object.entries({ ...members, ...more }).map(([name, text]) => [JSON.stringify(name), text]))
}

const quotedUuid = fc.uuid().map((id) => JSON.stringify(id))

function quoted(values: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...values.map((value) => JSON.stringify(value)))
}

function toObject(members: Members): string {
  return `{${members.map(([name, text]) => `${name}:${text}`).join(',')}}`
}

/** A push of these ops, now and then with what is no op at all among them. */
export function hostilePush(material: OpMaterial): fc.Arbitrary<string[]> {
  return fc.array(fc.oneof({ weight: 20, arbitrary: hostileOp(material) }, { weight: 1, arbitrary: hostile }), { minLength: 1, maxLength: 14 })
}

/** A group of ops that are alike, of which members or single ops are spoilt. */
export function hostileGroup({ targets, users }: OpMaterial): fc.Arbitrary<string> {
  const either = (usual: fc.Arbitrary<string>) => fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: hostile })
  const ids = quoted([...targets.map(({ id }) => id), ...users])
  const single = fc.tuple(quotedUuid, fc.oneof(quotedUuid, ids), fc.constantFrom('null', '1'), fc.constantFrom('0', '-5', '1e308'), fc.constant('"x"'), fc.constant('"y"'))
  const ops = fc.array(either(fc.tuple(single, fc.constantFrom(4, 5, 6)).map(([values, width]) => `[${values.slice(0, width).join(',')}]`)), { maxLength: 5 })
  return fc.record({
    collection: either(quoted(Object.keys(fitting))),
    kind: either(quoted(['create', 'update', 'delete', 'replace'])),
    scope: either(quoted([...targets.map((one) => one.scope), ...users])),
    time: either(quoted(['2026-07-01T10:00:00Z', ...times])),
    columns: either(fc.constantFrom('["name"]', '["name","name"]', '["name","notes"]', '[]', '["sync_version"]', '["__proto__"]', '[null]', '[["name"]]', '{"0":"name"}', '"name"')),
    ops: either(ops.map((texts) => `[${texts.join(',')}]`)),
    surprise: hostile,
  }, { requiredKeys: ['ops'] }).map((members) => toObject(Object.entries(members).map(([name, text]) => [JSON.stringify(name), text])))
}

/** Requests to pull, from nearly right to nonsense. */
export function hostilePull({ targets, users }: OpMaterial): fc.Arbitrary<string> {
  const scope = fc.oneof(fc.constantFrom(...targets.map((one) => one.scope), ...users), fc.uuid(), fc.constantFrom('__proto__', '', "'; --", 'x', '\u202e'))
  const cursor = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('null', '"0"', '"1"', '"999999999999999999"', '"9999999999999999999"', '"-1"', '"1:1"', '"1:99:00000000-0000-0000-0000-000000000000"', '"1:999999999:ffffffff-ffff-ffff-ffff-ffffffffffff"', '"1:9999999999:00000000-0000-0000-0000-000000000000"', '"1\\n"', '"0x1"') },
    { weight: 1, arbitrary: hostile },
  )
  const cursors = fc.array(fc.tuple(scope.map((id) => JSON.stringify(id)), cursor), { maxLength: 6 }).map(toObject)
  const request = fc.record({
    cursors: fc.oneof({ weight: 8, arbitrary: cursors }, { weight: 1, arbitrary: hostile }),
    etag: fc.oneof({ weight: 2, arbitrary: fc.constant('"x"') }, { weight: 1, arbitrary: hostile }),
    only: fc.oneof({ weight: 5, arbitrary: fc.constantFrom('true', 'false') }, { weight: 1, arbitrary: hostile }),
    check: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('[]', '["items","trips"]', '["items","items"]', '["trip_invites"]', '["auth.users"]', '["items; --"]', '[null]', '[1]') }, { weight: 1, arbitrary: hostile }),
    limit: fc.oneof({ weight: 5, arbitrary: fc.constantFrom('1', '7', '10000') }, { weight: 1, arbitrary: fc.constantFrom('0', '-1', '10001', '1.5', '1e3', '99999', '100000') }, { weight: 1, arbitrary: hostile }),
    surprise: hostile,
  }, { requiredKeys: [] })
  return fc.oneof({ weight: 12, arbitrary: request.map((members) => toObject(Object.entries(members).map(([name, text]) => [JSON.stringify(name), text]))) }, { weight: 1, arbitrary: hostile })
}
