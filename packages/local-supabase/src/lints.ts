/**
 * A rule that Supabase's database linter has too, by its number and name there; what it looks for is written anew here. Run beside
 * the linter's own SQL, over the migrations and over what the test breaks, each found all that the linter found; some find more: the
 * linter passes over a view that nobody may select, and of 0023 over tables with row level security.
 */
export interface Lint {
  /** Its number and name there. */
  readonly name: string
  /** One row, a text, for each finding. */
  readonly sql: string
}

// What the project makes itself; the rest is Supabase's. Only `public` is exposed through the API.
const ours = `('public', 'sync', 'packing_list')`
const tables = `(select c.*, c.relnamespace::regnamespace::text as schema from pg_class c where c.relnamespace::regnamespace::text in ${ours}) c`
const policiesIn = (schemas: string) => `(select p.*, lower(concat_ws(' ', p.qual, p.with_check)) as condition from pg_policies p where p.schemaname in ${schemas}) p`
const policies = policiesIn(ours)
// On Realtime's table the project has policies of its own.
const policiesAndRealtime = policiesIn(`('public', 'sync', 'packing_list', 'realtime')`)
const functions = `(select p.*, p.pronamespace::regnamespace::text as schema from pg_proc p where p.pronamespace::regnamespace::text in ${ours}) p`
const definersFor = (role: string) => `
  select p.oid::regprocedure::text from ${functions} where p.prosecdef and has_function_privilege('${role}', p.oid, 'execute')`
const selectableBy = (role: string) => `
  select c.oid::regclass::text from ${tables} where c.relkind in ('r', 'p', 'v', 'm', 'f') and has_any_column_privilege('${role}', c.oid, 'select')`
const isAlwaysTrue = (condition: string) => `regexp_replace(lower(${condition}), '[() \\t\\n]', '', 'g') in ('true', '1=1')`

export const lints: readonly Lint[] = [
  { name: '0001 unindexed_foreign_keys', sql: `
      select k.conrelid::regclass || ': ' || k.conname from pg_constraint k join ${tables} on c.oid = k.conrelid
       where k.contype = 'f' and not exists (select from pg_index i where i.indrelid = k.conrelid and i.indpred is null and i.indisvalid
         and array_to_string((i.indkey::int2[])[0:cardinality(k.conkey) - 1], ' ') = array_to_string(k.conkey, ' '))` },
  { name: '0002 auth_users_exposed', sql: `
      select distinct c.oid::regclass::text from ${tables} join pg_rewrite r on r.ev_class = c.oid join pg_depend d on d.objid = r.oid
       where c.schema = 'public' and c.relkind in ('v', 'm') and d.refobjid = 'auth.users'::regclass` },
  { name: '0003 auth_rls_initplan', sql: `
      select p.tablename || ': ' || p.policyname from ${policiesAndRealtime}
       where regexp_replace(p.condition, '\\(\\s*select\\s+(auth\\.(uid|jwt|role|email)\\(\\)|current_setting\\()', '', 'g') ~ 'auth\\.(uid|jwt|role|email)\\(|current_setting\\('` },
  { name: '0004 no_primary_key', sql: `
      select c.oid::regclass::text from ${tables} where c.relkind in ('r', 'p') and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)` },
  { name: '0006 multiple_permissive_policies', sql: `
      select p.tablename || ' ' || a.action || ' ' || r.rolname || ': ' || string_agg(p.policyname, ', ')
        from ${policies} cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) a (action)
        join pg_roles r on (r.rolname = any (p.roles) or p.roles = '{public}') and r.rolname in ('anon', 'authenticated')
       where p.permissive = 'PERMISSIVE' and p.cmd in (a.action, 'ALL') group by p.schemaname, p.tablename, a.action, r.rolname having count(*) > 1` },
  { name: '0007 policy_exists_rls_disabled', sql: `
      select distinct c.oid::regclass::text from ${tables} join pg_policy p on p.polrelid = c.oid where not c.relrowsecurity` },
  { name: '0008 rls_enabled_no_policy', sql: `
      select c.oid::regclass::text from ${tables} where c.relkind in ('r', 'p') and c.relrowsecurity and not exists (select from pg_policy p where p.polrelid = c.oid)` },
  { name: '0009 duplicate_index', sql: `
      select string_agg(i.indexrelid::regclass::text, ', ') from pg_index i join ${tables} on c.oid = i.indrelid
       group by i.indrelid, regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING ', '') having count(*) > 1` },
  { name: '0010 security_definer_view', sql: `
      select c.oid::regclass::text from ${tables} where c.relkind = 'v' and not coalesce(c.reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=yes', 'security_invoker=1'], false)` },
  { name: '0011 function_search_path_mutable', sql: `
      select p.oid::regprocedure::text from ${functions} where not exists (select from unnest(p.proconfig) s where s like 'search_path=%')` },
  { name: '0013 rls_disabled_in_public', sql: `
      select c.oid::regclass::text from ${tables} where c.relkind in ('r', 'p') and not c.relrowsecurity` },
  { name: '0014 extension_in_public', sql: `select extname::text from pg_extension where extnamespace = 'public'::regnamespace` },
  { name: '0015 rls_references_user_metadata', sql: `
      select p.tablename || ': ' || p.policyname from ${policies} where p.condition ~ 'user_metadata|raw_user_meta_data'` },
  { name: '0016 materialized_view_in_api', sql: `select c.oid::regclass::text from ${tables} where c.schema = 'public' and c.relkind = 'm'` },
  { name: '0017 foreign_table_in_api', sql: `select c.oid::regclass::text from ${tables} where c.schema = 'public' and c.relkind = 'f'` },
  { name: '0018 unsupported_reg_types', sql: `
      select c.oid::regclass || '.' || a.attname from ${tables} join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relkind in ('r', 'p', 'm') and a.atttypid::regtype::text in ('regcollation', 'regconfig', 'regdictionary', 'regnamespace', 'regoper', 'regoperator', 'regproc', 'regprocedure')` },
  { name: '0021 fkey_to_auth_unique', sql: `
      select k.conname::text from pg_constraint k join ${tables} on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
       where k.contype = 'f' and f.relnamespace = 'auth'::regnamespace and not exists (select from pg_index i where i.indexrelid = k.conindid and i.indisprimary)` },
  { name: '0023 sensitive_columns_exposed', sql: `
      select c.oid::regclass || '.' || a.attname from ${tables} join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.schema = 'public' and a.attname ~ '(password|secret|token|api_?key|credential|ssn|card_?number)'
         and (has_column_privilege('anon', c.oid, a.attnum, 'select') or has_column_privilege('authenticated', c.oid, a.attnum, 'select'))` },
  { name: '0024 rls_policy_always_true', sql: `
      select p.tablename || ': ' || p.policyname from ${policies}
       where p.permissive = 'PERMISSIVE' and p.cmd <> 'SELECT'
         and (${isAlwaysTrue('p.qual')} or ${isAlwaysTrue('p.with_check')} or coalesce(p.qual, p.with_check) is null)` },
  { name: '0025 pg17_deprecated_extensions', sql: `select extname::text from pg_extension where extname in ('plv8', 'timescaledb', 'adminpack')` },
  { name: '0026 pg_graphql_anon_table_exposed', sql: selectableBy('anon') },
  { name: '0027 pg_graphql_authenticated_table_exposed', sql: selectableBy('authenticated') },
  { name: '0028 anon_security_definer_function_executable', sql: definersFor('anon') },
  { name: '0029 authenticated_security_definer_function_executable', sql: definersFor('authenticated') },
  { name: '0030 invalid_index', sql: `select i.indexrelid::regclass::text from pg_index i join ${tables} on c.oid = i.indrelid where not i.indisvalid or not i.indisready` },
  { name: '0030 autovacuum_disabled', sql: `select c.oid::regclass::text from ${tables} where coalesce(c.reloptions && array['autovacuum_enabled=false', 'autovacuum_enabled=off'], false)` },
  { name: '0030 rls_policy_null_auth_disjunct', sql: `
      select p.tablename || ': ' || p.policyname from ${policiesAndRealtime} where p.condition ~ 'auth\\.(uid|role|jwt)\\(\\)[^a-z]*( as [a-z]+\\)?)?[^a-z]*is null'` },
]
