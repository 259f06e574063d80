-- The packing list: what devices do not show. The app's schemas count in UTF-16, and take a name of nothing but white space for none;
-- a row that they refuse is kept and not shown, and of a trip with such a name there would be nothing left to see, for its owner too.
-- Not valid: what is there already may be read, and is put right when it is written next.

do $do$
declare
  named record;
begin
  for named in select * from (values ('trips', 200), ('people', 100), ('items', 200), ('trip_rules', 200), ('default_rules', 200)) n (relation, at_most) loop
    execute format($sql$
      alter table public.%1$I add constraint %2$I check (
        btrim(name, E' \t\n\x0b\x0c\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff') <> ''
        and (octet_length(name) <= %3$s or length(name) + regexp_count(name, '[\U00010000-\U0010FFFF]') <= %3$s)) not valid $sql$,
      named.relation, named.relation || '_name_shown', named.at_most);
  end loop;
end
$do$;

-- Each from 1 to 100 long. The character 1 stands between them.
alter table public.trips add constraint trips_conditions_shown check (
  array_position(conditions, '') is null and strpos(array_to_string(conditions, ''), E'\x01') = 0
  and regexp_replace(array_to_string(conditions, E'\x01'), '[\U00010000-\U0010FFFF]', 'xx', 'g') !~ E'[^\x01]{101}') not valid;
