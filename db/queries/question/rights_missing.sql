-- What the job needs and this connection may not: the first three, and how many there are. (Tables of earlier
-- releases are not added to.)
select count(*) as count, string_agg(what, ', ' order by place, what) filter (where n <= 3) as what
from (
    select m.*, row_number() over (order by place, what) as n
    from (
        select 1 as place, 'read ' || c.oid::regclass::text as what
        from pg_class c
        where c.relnamespace in (to_regnamespace('reconcile'), to_regnamespace('audit'))
          and c.relkind in ('r', 'p', 'v') and not has_table_privilege(c.oid, 'SELECT')
        union all
        select 2, 'add to ' || c.oid::regclass::text
        from pg_class c
        where c.relnamespace = to_regnamespace('reconcile') and c.relkind in ('r', 'p')
          and c.relname not in ('migration', 'stop', 'approved_rule')
          and not has_table_privilege(c.oid, 'INSERT')
        union all
        select 3, 'hold the end of the record'
        where not has_any_column_privilege('reconcile.audit_head', 'UPDATE')
        union all
        select 4, 'call ' || p.oid::regprocedure::text
        from pg_proc p
        where p.pronamespace in (to_regnamespace('reconcile'), to_regnamespace('audit'))
          and p.prorettype <> 'trigger'::regtype and not has_function_privilege(p.oid, 'EXECUTE')) m) r
