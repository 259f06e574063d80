/** What there is in schema `public`, as the types need it. */
export interface Catalogue {
  readonly tables: readonly TableEntry[]
  readonly views: readonly TableEntry[]
  readonly functions: readonly FunctionEntry[]
  readonly enums: readonly EnumEntry[]
}

export interface TableEntry {
  readonly name: string
  readonly columns: readonly ColumnEntry[]
  /** Foreign keys within the schema. */
  readonly relationships: readonly RelationshipEntry[]
}

export interface ColumnEntry {
  readonly name: string
  readonly type: string
  readonly nullable: boolean
  /** Whether the database fills it in: `always` can never be given. */
  readonly filled: 'no' | 'default' | 'always'
}

export interface RelationshipEntry {
  readonly name: string
  readonly columns: readonly string[]
  readonly table: string
  readonly referenced: readonly string[]
  readonly oneToOne: boolean
}

export interface FunctionEntry {
  readonly name: string
  readonly args: readonly { readonly name: string; readonly type: string; readonly optional: boolean }[]
  readonly returns: string
  readonly isSet: boolean
}

export interface EnumEntry {
  readonly name: string
  readonly values: readonly string[]
}

const columnNames = (keys: string, relation: string) =>
  `(select json_agg(a.attname order by u.place) from unnest(${keys}) with ordinality u (number, place) join pg_attribute a on a.attrelid = ${relation} and a.attnum = u.number)`

const relations = (kinds: string) => `
  (select coalesce(json_agg(json_build_object('name', c.relname,
     'columns', (select json_agg(json_build_object('name', a.attname, 'type', format_type(coalesce(nullif(t.typbasetype, 0), t.oid), null), 'nullable', not a.attnotnull,
                   'filled', case when a.attgenerated <> '' or a.attidentity = 'a' then 'always' when a.atthasdef or a.attidentity <> '' then 'default' else 'no' end) order by a.attname)
                   from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
     'relationships', (select coalesce(json_agg(json_build_object('name', k.conname, 'columns', ${columnNames('k.conkey', 'k.conrelid')},
                   'table', f.relname, 'referenced', ${columnNames('k.confkey', 'k.confrelid')},
                   'oneToOne', exists (select from pg_index i where i.indrelid = c.oid and i.indisunique and i.indpred is null and (i.indkey::int2[])[0:i.indnkeyatts - 1] = k.conkey)) order by k.conname), '[]')
                   from pg_constraint k join pg_class f on f.oid = k.confrelid where k.conrelid = c.oid and k.contype = 'f' and f.relnamespace = c.relnamespace)) order by c.relname), '[]')
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in (${kinds}))`

/** One row with one column, `catalogue`. Functions of triggers, and those that nobody may call, are left out. */
export const readCatalogue: string = `
  select json_build_object(
    'tables', ${relations(`'r', 'p'`)},
    'views', ${relations(`'v', 'm'`)},
    'functions', (select coalesce(json_agg(json_build_object('name', p.proname, 'isSet', p.proretset, 'returns', format_type(p.prorettype, null),
        'args', (select coalesce(json_agg(json_build_object('name', a.name, 'type', format_type(a.type, null), 'optional', a.place > p.pronargs - p.pronargdefaults) order by a.name), '[]')
                   from unnest(p.proargtypes::oid[], p.proargnames[1:p.pronargs]) with ordinality a (type, name, place))) order by p.proname, p.oid), '[]')
      from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype
       and (has_function_privilege('anon', p.oid, 'execute') or has_function_privilege('authenticated', p.oid, 'execute'))),
    'enums', (select coalesce(json_agg(json_build_object('name', t.typname, 'values', (select json_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)) order by t.typname), '[]')
      from pg_type t where t.typnamespace = 'public'::regnamespace and t.typtype = 'e')) as catalogue`
