-- Stowaway's server half: what it remembers.
-- Schema `sync` is not exposed through the API. Its tables have row level security and no policies: whatever is granted
-- on them by a careless script, clients reach them only through the functions of the later migrations.

-- Hosted projects grant this already; @supabase/lite does not, and `auth.uid()` in a policy or a default needs it.
do $do$
begin
  if not has_schema_privilege('authenticated', 'auth', 'usage') then
    grant usage on schema auth to anon, authenticated, service_role;
  end if;
end
$do$;

create schema sync;
comment on schema sync is
  'Offline-first sync: the log of commits, deletes and operations, and the functions behind sync_push and sync_pull.';
revoke all on schema sync from public;
grant usage on schema sync to authenticated, service_role;

create table sync.server (
  only_row boolean primary key default true check (only_row),
  epoch    uuid not null default gen_random_uuid()
);
comment on table sync.server is
  'One row. The epoch names this history: after a restore to an earlier state it must be changed, and every client then '
  'fetches everything anew, because cursors and versions of the lost history would be repeated with other contents.';
insert into sync.server default values;

create table sync.settings (
  only_row        boolean primary key default true check (only_row),
  ops_per_push    int not null default 1000 check (ops_per_push between 1 and 10000),
  scopes_per_push int not null default 200 check (scopes_per_push between 1 and 10000),
  bytes_per_op    int not null default 262144 check (bytes_per_op between 1024 and 16777216),
  ops_per_minute  int check (ops_per_minute > 0),
  tombstones_kept interval not null default '90 days' check (tombstones_kept >= '0'),
  operations_kept interval not null default '1 year' check (operations_kept >= '0'),
  refusals_kept   interval not null default '1 year' check (refusals_kept >= '0'),
  conflicts_kept  interval not null default '90 days' check (conflicts_kept >= '0')
);
comment on table sync.settings is 'One row, for whoever runs the server: update sync.settings set … Each push and each sync.gc() reads it anew.';
comment on column sync.settings.ops_per_push is 'A push of more is HTTP 413, on which the client cuts its batch.';
comment on column sync.settings.scopes_per_push is 'Likewise: each scope is one more lock.';
comment on column sync.settings.bytes_per_op is 'A larger op is invalid. In bytes of its JSON as it was sent.';
comment on column sync.settings.ops_per_minute is
  'What a user may send in the long run; null: no limit. As much as a minute''s worth may come at once: see sync.limit_rate().';
comment on column sync.settings.tombstones_kept is
  'How long deletes and the numbers of commits are kept. A device that was away for longer fetches what changed as whole scopes.';
comment on column sync.settings.operations_kept is
  'How long the log keeps what ops wrote. Afterwards only that they were done, by whom, when and to which row: for ever, because '
  'they may be sent again.';
comment on column sync.settings.refusals_kept is 'How long sync.refusals is kept: longer than a copy of a request can be on its way.';
comment on column sync.settings.conflicts_kept is 'How long sync.conflicts is kept.';
insert into sync.settings default values;

create table sync.rates (
  user_id uuid primary key,
  spare   double precision not null,
  at      timestamptz not null
);
comment on table sync.rates is 'Per user, where a rate is set: how many ops were to spare at that time; below zero: how many were sent too early.';

create table sync.collections (
  ordinal        int generated always as identity primary key,
  name           text not null unique,
  relation       regclass not null unique,
  scope_column   name not null,
  server_columns name[] not null default '{}'
);
comment on table sync.collections is
  'The synced tables, in the order in which they were registered: parents before children. Names of tables and columns in '
  'dynamic SQL come from here and from the catalogue, never from a request.';
comment on column sync.collections.scope_column is
  'The column that says to which scope a row belongs; id for the scope''s own root.';
comment on column sync.collections.server_columns is
  'Columns that only the server writes; a push that has one is invalid.';

create table sync.scopes (
  scope_id uuid primary key,
  seq      bigint not null default 0,
  floor    bigint not null default 0,
  deleted  boolean not null default false,
  heirs    uuid[] not null default '{}'
) with (fillfactor = 50);
comment on table sync.scopes is
  'One counter per scope. Half of each page is kept free so that each count is a cheap in-page (HOT) update.';
comment on column sync.scopes.seq is 'The last number given out: a cursor of this value has seen everything.';
comment on column sync.scopes.floor is
  'A cursor below it has missed deletes that were not kept: it must fetch the scope anew.';
comment on column sync.scopes.deleted is
  'The scope''s root was deleted: tells "deleted" from "no longer shared with you".';
comment on column sync.scopes.heirs is
  'Who was in the scope when its root was last deleted, and who deleted it: they may make it anew, and then read again what was '
  'done in it. Nobody else may, or a stranger who knows the id could.';

create table sync.commits (
  xid      xid8 not null,
  scope_id uuid not null,
  seq      bigint,
  event    text not null default 'written' check (event in ('written', 'emptied', 'ended')),
  departed uuid[] not null default '{}',
  by_user  uuid default auth.uid(),
  at       timestamptz not null default now(),
  primary key (xid, scope_id)
);
comment on table sync.commits is
  'One row per transaction and scope that it wrote to. seq is null until the transaction commits: number order is commit order.';
comment on column sync.commits.event is
  'written: rows changed; emptied: a table was truncated, or the root was made anew, so the floor rises; ended: the root was deleted, likewise.';
comment on column sync.commits.departed is
  'Users who left the scope in this transaction: they are poked too, though no longer members.';
-- Partial: numbers are set by an update, and an index over the nulls too made each commit three times as expensive.
create unique index commits_seq on sync.commits (scope_id, seq) include (xid) where seq is not null;

create table sync.tombstones (
  row_id     uuid not null,
  collection int not null,
  scope_id   uuid not null,
  xid        xid8 not null,
  version    bigint not null,
  primary key (row_id, collection, scope_id)
);
comment on table sync.tombstones is
  'Rows that left a scope, by a delete or a move. A row created again under the same id gets a version above its tombstones''.';
create index tombstones_commit on sync.tombstones (scope_id, xid);

create table sync.operations (
  user_id    uuid not null,
  op_id      uuid not null,
  device     text,
  collection int not null,
  row_id     uuid not null,
  scope_id   uuid not null,
  kind       text not null check (kind in ('create', 'update', 'delete', 'replace')),
  patch      jsonb,
  base       jsonb,
  add        jsonb,
  edited_at  timestamptz not null,
  version    bigint,
  status     text not null check (status in ('applied', 'merged')),
  proven     boolean not null,
  at         timestamptz not null default now(),
  entry      bigint generated always as identity,
  primary key (user_id, op_id)
);
comment on table sync.operations is
  'Who changed what: every op that took effect, and only those (of the others see sync.refusals). Makes a push '
  'take effect once however often it is sent, and names the author and the time of each field in a conflict.';
comment on column sync.operations.patch is
  'The values that the op gave to columns; among them, for counters, what they came to.';
comment on column sync.operations.base is 'The values that the patch replaced, as the device knew them.';
comment on column sync.operations.add is
  'What the op added to which counters; null: it had none.';
comment on column sync.operations.edited_at is
  'When the user made the edit, as the device says, but never after it arrived here.';
comment on column sync.operations.proven is
  'Whether its transaction wrote to the scope at all. The scope is what the device said: an entry that is not proven makes nobody '
  'an author and is in no history.';
comment on column sync.operations.entry is 'Rises within a scope, because pushes to one scope wait for each other.';
create index operations_row on sync.operations (row_id);
create index operations_scope on sync.operations (scope_id, entry);
create index operations_kept on sync.operations (at) where patch is not null;

create table sync.refusals (
  user_id uuid not null,
  op_id   uuid not null,
  status  text not null check (status in ('conflict', 'deleted', 'not_found', 'forbidden', 'invalid', 'undone')),
  code    text,
  message text,
  at      timestamptz not null default now(),
  primary key (user_id, op_id)
);
comment on table sync.refusals is
  'Ops that add to counters, and those of their units, that were refused: what they were told first. Others may be tried again as '
  'often as they come, because they say what they expect to find. What is added fits everything, so a copy of a request that a '
  'proxy delivers late would add once more what the device, having read the refusal, has long sent anew.';

create index refusals_kept on sync.refusals (at);

create table sync.conflicts (
  user_id      uuid not null,
  op_id        uuid not null,
  device       text,
  collection   int not null,
  row_id       uuid not null,
  scope_id     uuid not null,
  kind         text not null,
  patch        jsonb,
  base         jsonb,
  base_version bigint,
  status       text not null check (status in ('conflict', 'deleted')),
  version      bigint,
  fields       text[] not null,
  edited_at    timestamptz not null,
  at           timestamptz not null default now(),
  primary key (user_id, op_id)
);
comment on table sync.conflicts is
  'Ops that met a row which others had changed or deleted: for whoever runs the server, to see where people get in each other''s '
  'way. No client reads it. What the device made of it is a later op. An op that is sent again has its last answer here.';
comment on column sync.conflicts.version is 'The version of the row that the op met; null: it was deleted.';
comment on column sync.conflicts.fields is 'The columns that had another value than the op expected; of a delete, those that had changed.';
create index conflicts_kept on sync.conflicts (at);

alter table sync.server enable row level security;
alter table sync.collections enable row level security;
alter table sync.scopes enable row level security;
alter table sync.commits enable row level security;
alter table sync.tombstones enable row level security;
alter table sync.operations enable row level security;
alter table sync.refusals enable row level security;
alter table sync.settings enable row level security;
alter table sync.rates enable row level security;
alter table sync.conflicts enable row level security;

-- The push runs as its user and looks up which tables and columns it may name, and how much; there is nothing private in it.
create policy "read the registry" on sync.collections for select to authenticated using (true);
create policy "read the settings" on sync.settings for select to authenticated using (true);
grant select on sync.collections, sync.settings to authenticated;
