-- What this connection may do that neither the job nor anybody who asks needs.
select string_agg(what, ', ' order by place, what)
from (
    select 1 as place, 'is a superuser' as what
    from pg_roles where rolname = current_user and rolsuper
    union all
    select 2, 'may create roles' from pg_roles where rolname = current_user and rolcreaterole
    union all
    select 3, 'may bypass row security' from pg_roles where rolname = current_user and rolbypassrls
    union all
    select 4, 'owns the tables' from pg_class
    where oid = to_regclass('reconcile.audit_event') and pg_has_role(relowner, 'usage')
    union all
    select 5, 'may ' || lower(verb) || ' the record'
    from unnest(array['UPDATE', 'DELETE', 'TRUNCATE']) verb
    where has_table_privilege('reconcile.audit_event', verb)
       or has_table_privilege('reconcile.audit_head', verb)
    union all
    select 6, 'may erase' where has_table_privilege('reconcile.audit_private', 'DELETE')) e
