-- What the job needs and this connection may not: the first three, the statements that give these, and how
-- many there are. $1: the texts of all migrations: what none of them makes is somebody else's. $2: roles.sql,
-- whose grants to reconcile_job are what must be there. (Of the history's own functions no two have one name.)
with own as (
    select distinct coalesce(m[1], 'reconcile') as schema, m[2] as name
    from regexp_matches($1, '(?:create (?:or replace )?(?:table|view)|rename to)'
                            ' (?:(audit|reconcile)\.)?([a-z0-9_]+)', 'g') m
    union all
    select 'reconcile', 'migration'),
given as (
    select split_part(m[1], ' ', 1) as what, regexp_split_to_array(substring(m[1] from '\((.+)\)'), ',\s*') as columns,
           m[2] as place
    from regexp_matches(regexp_replace($2, '--[^\n]*', '', 'g'),
                        '\mgrant ([a-z_ (),]+?)\s+on\s+([^;]+?)\s+to\s+([^;]+);', 'g') m
    where m[3] ~ '\mreconcile_job\M'),
needed as materialized ( -- a right is asked for after it is known of what
    select g.what, 1 as kind, format('database %I', current_database()) as place,
           has_database_privilege(current_database(), g.what) as is_there
    from given g where g.place ~ '^database '
    union all
    select g.what, 2, format('schema %I', n.nspname), has_schema_privilege(n.oid, g.what)
    from given g
    join pg_namespace n on n.nspname = any (regexp_split_to_array(substring(g.place from '^schema (.+)'), ',\s*'))
    union all
    select g.what || coalesce(' (' || array_to_string(g.columns, ', ') || ')', ''), 3,
           format('%I.%I', o.schema, o.name),
           case when g.columns is null then has_table_privilege(c.oid, g.what)
                else (select bool_and(has_column_privilege(c.oid, a, g.what)) from unnest(g.columns) a) end
    from given g
    join own o on o.schema = any (regexp_split_to_array(substring(g.place from '^all tables in schema (.+)'), ',\s*'))
        or g.place !~ '^(all|schema|database|function) '
        and o.schema || '.' || o.name = any (regexp_split_to_array(g.place, ',\s*'))
    join pg_class c on c.relnamespace = to_regnamespace(o.schema) and c.relname = o.name
    where c.relkind in ('r', 'p', 'v')
    union all
    select g.what, 4, 'function ' || p.oid::regprocedure, has_function_privilege(p.oid, g.what)
    from given g
    cross join regexp_matches(g.place, '([a-z_]+)\.([a-z0-9_]+)\(', 'g') f
    join pg_proc p on p.pronamespace = to_regnamespace(f[1]) and p.proname = f[2]
    where g.place ~ '^function ')
select count(*) as count, string_agg(r.what || ' on ' || r.place, ', ' order by r.n) filter (where r.n <= 3) as what,
       case when (select pg_has_role(oid, 'usage') from pg_roles where rolname = 'reconcile_job')
            then string_agg(format('grant %s on %s to reconcile_job', r.what, r.place), '; ' order by r.n)
                 filter (where r.n <= 3) end as statements,
       quote_ident(current_user) as login
from (select m.*, row_number() over (order by m.kind, m.what, m.place) as n
      from (select distinct * from needed where not is_there) m) r
