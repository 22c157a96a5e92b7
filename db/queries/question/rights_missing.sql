-- What the job needs and this connection may not: the first three, and how many there are. (Tables of earlier
-- releases are not added to.) $1: the texts of all migrations: what none of them makes is somebody else's.
with own as (
    select distinct to_regnamespace(coalesce(m[1], 'reconcile')) as schema, m[2] as name
    from regexp_matches($1, '(?:create (?:or replace )?(?:table|view|function)|rename to)'
                            ' (?:(audit|reconcile)\.)?([a-z0-9_]+)', 'g') m
    union all
    select to_regnamespace('reconcile'), 'migration')
select count(*) as count, string_agg(what, ', ' order by place, what) filter (where n <= 3) as what
from (
    select m.*, row_number() over (order by place, what) as n
    from (
        select 1 as place, 'read ' || c.oid::regclass::text as what
        from own o
        join pg_class c on c.relnamespace = o.schema and c.relname = o.name
        where c.relkind in ('r', 'p', 'v') and not has_table_privilege(c.oid, 'SELECT')
        union all
        select 2, 'add to ' || c.oid::regclass::text
        from own o
        join pg_class c on c.relnamespace = o.schema and c.relname = o.name
        where o.schema = to_regnamespace('reconcile') and c.relkind in ('r', 'p')
          and c.relname not in ('migration', 'stop', 'approved_rule')
          and not has_table_privilege(c.oid, 'INSERT')
        union all
        select 3, 'hold the end of the record'
        where not has_any_column_privilege('reconcile.audit_head', 'UPDATE')
        union all
        select 4, 'call ' || p.oid::regprocedure::text
        from own o
        join pg_proc p on p.pronamespace = o.schema and p.proname = o.name
        where p.prorettype <> 'trigger'::regtype and not has_function_privilege(p.oid, 'EXECUTE')) m) r
