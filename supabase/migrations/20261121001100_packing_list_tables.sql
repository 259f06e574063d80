-- The packing list: its tables. Who may do what with them is in the next migration.
-- Ids are made by devices. created_at is the server's: a device's clock proves nothing.
-- Values that JSON cannot say (infinite, not a number, before Christ) would reach the other members' devices as odd strings.

create table public.trips (
  id          uuid primary key,
  name        text not null check (length(name) between 1 and 200),
  destination text check (length(destination) <= 200),
  starts_on   date check (starts_on between '0001-01-01' and '9999-12-31'),
  ends_on     date check (ends_on >= starts_on and ends_on between '0001-01-01' and '9999-12-31'),
  notes       text check (length(notes) <= 20000),
  conditions  text[] not null default '{}' check (cardinality(conditions) <= 20 and coalesce(array_ndims(conditions), 1) = 1
                and array_position(conditions, null) is null and length(array_to_string(conditions, '')) <= 2000),
  archived    boolean not null default false,
  created_by  uuid default auth.uid() references auth.users on delete set null,
  created_at  timestamptz not null default now()
);
comment on table public.trips is 'A trip is a scope: what is shared, and what is pulled, as a whole.';
comment on column public.trips.conditions is 'What the trip is like, such as cold or swimming: rules may ask for it.';
create index trips_created_by on public.trips (created_by);

create table public.trip_members (
  id         uuid primary key default gen_random_uuid(),
  trip_id    uuid not null references public.trips on delete cascade,
  user_id    uuid not null references auth.users on delete cascade,
  role       text not null check (role in ('owner', 'editor', 'viewer')),
  name       text not null check (length(name) between 1 and 200),
  created_at timestamptz not null default now(),
  unique (trip_id, user_id)
);
comment on table public.trip_members is
  'Who is in a trip, and as what. The name is copied here: other users'' accounts are not readable.';
-- Answers "which trips may I see or change" from the index alone; it is asked in every statement.
create index trip_members_user on public.trip_members (user_id, trip_id) include (role);

create table public.trip_days (
  id          uuid primary key,
  trip_id     uuid not null references public.trips on delete cascade,
  day         date not null check (day between '0001-01-01' and '9999-12-31'),
  destination text check (length(destination) <= 200),
  weather     text check (length(weather) <= 200),
  created_at  timestamptz not null default now()
);
comment on table public.trip_days is 'What is known of single days: where one is then, and a note about the weather.';
create index trip_days_trip on public.trip_days (trip_id);

create table public.people (
  id         uuid primary key,
  trip_id    uuid not null references public.trips on delete cascade,
  name       text not null check (length(name) between 1 and 100),
  color      text check (length(color) <= 30),
  age_group  text check (age_group in ('baby', 'child', 'teenager', 'adult')),
  position   int not null default 0,
  created_at timestamptz not null default now(),
  unique (trip_id, id)
);
comment on table public.people is 'Those who travel. They need no account.';

create table public.items (
  id         uuid primary key,
  trip_id    uuid not null references public.trips on delete cascade,
  person_id  uuid,
  name       text not null check (length(name) between 1 and 200),
  quantity   int not null default 1 check (quantity between 0 and 9999),
  category   text check (length(category) <= 100),
  packed     boolean not null default false,
  notes      text check (length(notes) <= 20000),
  position   double precision not null default 0 check (position > '-Infinity' and position < 'Infinity'),
  rule_id    uuid,
  rule_quantity int check (rule_quantity between 0 and 9999),
  created_at timestamptz not null default now(),
  -- With trip_id in the key an item cannot be given to a person of a trip that its author may not even see.
  foreign key (trip_id, person_id) references public.people (trip_id, id) on delete set null (person_id)
);
comment on table public.items is 'What to take along; person_id null: for everyone.';
comment on column public.items.rule_id is
  'The rule of the trip that made it. No foreign key: an item outlives its rule once somebody has ticked or changed it.';
comment on column public.items.rule_quantity is 'How many the rule asked for last: another quantity was set by hand, and stays.';
create index items_person on public.items (trip_id, person_id);

-- The columns of a rule, the same in both tables.
create table public.trip_rules (
  id         uuid primary key,
  trip_id    uuid not null references public.trips on delete cascade,
  name       text not null check (length(name) between 1 and 200),
  category   text check (length(category) <= 100),
  quantity   int not null default 1 check (quantity between 0 and 9999),
  per        text not null check (per in ('trip', 'day', 'person', 'person_day')),
  at_most    int check (at_most between 0 and 9999),
  min_days   int check (min_days between 0 and 9999),
  age_group  text check (age_group in ('baby', 'child', 'teenager', 'adult')),
  needs      text check (length(needs) <= 100),
  skip       boolean not null default false,
  created_at timestamptz not null default now()
);
comment on table public.trip_rules is
  'The rules of a trip: copies of those of whoever started it, for everybody who shares it to see and to change.';
comment on column public.trip_rules.needs is 'A condition of the trip without which the rule does not apply.';
create index trip_rules_trip on public.trip_rules (trip_id);

create table public.default_rules (
  id         uuid primary key,
  user_id    uuid not null default auth.uid() references auth.users on delete cascade,
  name       text not null check (length(name) between 1 and 200),
  category   text check (length(category) <= 100),
  quantity   int not null default 1 check (quantity between 0 and 9999),
  per        text not null check (per in ('trip', 'day', 'person', 'person_day')),
  at_most    int check (at_most between 0 and 9999),
  min_days   int check (min_days between 0 and 9999),
  age_group  text check (age_group in ('baby', 'child', 'teenager', 'adult')),
  needs      text check (length(needs) <= 100),
  created_at timestamptz not null default now()
);
comment on table public.default_rules is
  'A user''s own rules, such as "a pair of socks per person and day, at most 7". Their scope is the user''s id.';
create index default_rules_user on public.default_rules (user_id);

alter table public.trips enable row level security;
alter table public.trip_members enable row level security;
alter table public.people enable row level security;
alter table public.items enable row level security;
alter table public.trip_days enable row level security;
alter table public.trip_rules enable row level security;
alter table public.default_rules enable row level security;

-- Hosted projects grant everything on new tables in public, to anon too. Only what is needed, and nothing without signing in:
revoke all on public.trips, public.trip_members, public.trip_days, public.people, public.items, public.trip_rules,
  public.default_rules from anon, authenticated;
grant select, insert, update, delete on public.trips, public.trip_members, public.trip_days, public.people, public.items,
  public.trip_rules, public.default_rules to authenticated, service_role;

select sync.register_table('public.trips', 'id', server_columns => '{created_by,created_at}');
select sync.register_table('public.trip_members', 'trip_id', server_columns => '{created_at}');
select sync.register_table('public.trip_days', 'trip_id', server_columns => '{created_at}');
select sync.register_table('public.trip_rules', 'trip_id', server_columns => '{created_at}');
select sync.register_table('public.people', 'trip_id', server_columns => '{created_at}');
select sync.register_table('public.items', 'trip_id', server_columns => '{created_at}');
select sync.register_table('public.default_rules', 'user_id', server_columns => '{created_at}');
