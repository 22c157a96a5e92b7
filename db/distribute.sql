-- Spreads a history over several servers by its portals, where PostgreSQL has an extension for it
-- (Citus 13.2 on PostgreSQL 15 is what it was tried with; it is no part of this program). Run it once, after
-- `bynder-reconcile migrate` and roles.sql, and all three again after each upgrade:
--
--     psql -d DATABASE -f distribute.sql
--
-- as a superuser at the server that coordinates, while nothing runs. Everything of a portal goes to one
-- server, and every table to the same one; a portal is moved by the extension's own means. It refuses, and
-- changes nothing, when something is missing, and says what; what is spread already stays as it is.
-- docs/scale.md says when this is worth it, and what is not solved by it.

\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned

-- What keeps the record: these, in force whatever the replication role, on each table and on every part of it.
create temporary table record_trigger (name, trigger) as values
    ('audit_event', 'audit_check'), ('audit_event', 'audit_deny'), ('audit_private', 'audit_deny'),
    ('audit_head', 'audit_deny'), ('audit_head', 'audit_deny_insert'), ('audit_head', 'audit_deny_number'),
    ('audit_head', 'audit_deny_update');
begin;

-- Not where it cannot be done right. (What the extension brings is named in texts only: where it is not,
-- this must still be read.)
do $$
declare
    answer bigint;
    held bigint[];
    what text;
begin
    if to_regclass('pg_catalog.pg_dist_node') is null then
        raise exception 'this server cannot spread tables: the extension citus is not in this database'
            using hint = 'one server holds a thousand portals: docs/scale.md says when more are needed';
    end if;
    if not (select rolsuper from pg_roles where rolname = current_user) then
        raise exception 'this login is no superuser' using hint = 'connect as one';
    end if;
    execute 'set local citus.multi_shard_modify_mode = ''sequential''';
    execute 'select count(*) from pg_catalog.pg_dist_local_group where groupid <> 0' into answer;
    if answer > 0 then
        raise exception 'this server is not the one that coordinates' using hint = 'connect to that';
    end if;
    if to_regclass('reconcile.migration') is null then
        raise exception 'this database has no history' using hint = 'run ''bynder-reconcile migrate'' first';
    end if;
    if not exists (select 1 from reconcile.migration where version >= 22) then
        raise exception 'this history is of a version that cannot be spread'
            using hint = 'run ''bynder-reconcile migrate'' first';
    end if;
    select string_agg(format('%s of %s', k.trigger, k.name), ', ' order by k.name, k.trigger) into what
    from record_trigger k
    where not exists (select 1 from pg_trigger t
                      where t.tgrelid = to_regclass('reconcile.' || k.name) and t.tgname = k.trigger
                        and t.tgenabled = 'A');
    if what is not null then
        raise exception 'what keeps the record is not in force: %', what
            using hint = 'somebody took it off or switched it off at this server; let nothing run before it is '
                         'made again (alter table … enable always trigger …)';
    end if;
    execute 'select count(*) from pg_catalog.pg_dist_node'
            ' where groupid <> 0 and noderole = ''primary'' and isactive and shouldhaveshards'
        into answer;
    if answer = 0 then
        raise exception 'there is no other server to spread to' using hint = 'add one: citus_add_node()';
    end if;
    execute 'select count(*) from pg_catalog.pg_dist_node where groupid = 0 and shouldhaveshards'
        into answer;
    if answer > 0 then
        raise exception 'the server that coordinates is to hold portals itself: a run could not gather '
                        'figures of its tables'
            using hint = 'citus_set_node_property(…, ''shouldhaveshards'', false)';
    end if;
    select array_agg((l.classid::bigint << 32) | l.objid::bigint) into held
    from pg_locks l
    where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
      and l.database = (select oid from pg_database where datname = current_database());
    select string_agg(p.name, ', ' order by p.name) into what
    from reconcile.portal p where p.portal_id = any (held);
    if what is not null then
        raise exception 'something runs: %', what using hint = 'try again when it has ended';
    end if;
    select string_agg(c.relname, ', ' order by c.relname) into what
    from pg_class c
    where c.relnamespace = 'reconcile'::regnamespace and c.relkind in ('r', 'p')
      and c.relname <> 'migration' and c.relname <> all (array[
        'account', 'account_version', 'acknowledgement', 'act', 'activity', 'activity_known',
        'activity_pending', 'announcement', 'announcement_unreached', 'approval', 'approval_row',
        'approved_rule', 'audit_event', 'audit_head', 'audit_private', 'events_read',
        'first_event', 'guard_override', 'handed_in', 'historical_year', 'link_version',
        'login_past', 'login_pending', 'notice_announced', 'notice_told', 'person_leave',
        'person_version', 'plan', 'plan_class', 'plan_curve', 'plan_exposed', 'plan_guard',
        'plan_idle', 'plan_note', 'plan_renewal', 'plan_row', 'portal', 'profile_class_version',
        'profile_version', 'request_block', 'request_silence', 'roster', 'roster_rejected',
        'ruling', 'run', 'seat_act', 'seat_class_version', 'seat_count', 'snapshot', 'step',
        'stop']);
    if what is not null then
        raise exception 'tables that this is not made for: %', what
            using hint = 'take the distribute.sql of the release that the history is of; whose are they otherwise?';
    end if;
    execute 'select string_agg(d.logicalrelid::text, '', '' order by d.logicalrelid::text)'
            ' from pg_catalog.pg_dist_partition d'
            ' join pg_catalog.pg_class c on c.oid = d.logicalrelid'
            ' left join pg_catalog.pg_dist_partition p'
            '     on p.logicalrelid = ''reconcile.portal''::regclass and p.colocationid = d.colocationid'
            ' where c.relnamespace = ''reconcile''::regnamespace'
            '   and (p.logicalrelid is null or d.partmethod <> ''h'')'
        into what;
    if what is not null then
        raise exception 'spread already, in another way: %', what using hint = 'undistribute_table() first';
    end if;
end $$;

-- Those that others refer to first; the head before the events, whose trigger looks at it. Rows are taken to
-- where they are to be while no trigger of added rows sees that: those of the record would take them for new.
-- (Others stay in force: the extension does not let them be switched off and on again.) All of it is one
-- transaction, which holds every table. The extension allows triggers on its word only: these look at rows of
-- their own portal and no other.
set local client_min_messages = error;
do $$
declare
    item record;
    done boolean;
    names name[];
    one name;
    count integer := 0;
begin
    execute 'set local citus.enable_unsafe_triggers = on';
    for item in
        with recursive follows as (
            select c.oid, 0 as depth
            from pg_class c
            where c.relnamespace = 'reconcile'::regnamespace and c.relkind in ('r', 'p')
              and c.relname <> 'migration'
            union
            select k.conrelid, f.depth + 1
            from follows f
            join pg_constraint k on k.confrelid = f.oid and k.contype = 'f' and k.conrelid <> f.oid)
        select f.oid::regclass as name from follows f
        group by f.oid
        order by f.oid <> 'reconcile.portal'::regclass, f.oid <> 'reconcile.audit_head'::regclass,
                 max(f.depth), f.oid::regclass::text
    loop
        execute 'select exists (select 1 from pg_catalog.pg_dist_partition where logicalrelid = $1)'
            into done using item.name;
        if done then
            continue;
        end if;
        select coalesce(array_agg(t.tgname order by t.tgname), '{}') into names
        from pg_trigger t
        where t.tgrelid = item.name and not t.tgisinternal and t.tgenabled = 'A'
          and t.tgtype & 4 <> 0;
        foreach one in array names loop
            execute format('alter table %s disable trigger %I', item.name, one);
        end loop;
        execute format('select create_distributed_table(%L, ''portal_id'', colocate_with => %L)',
                       item.name, case when item.name = 'reconcile.portal'::regclass
                                       then 'none' else 'reconcile.portal' end);
        foreach one in array names loop
            execute format('alter table %s enable always trigger %I', item.name, one);
        end loop;
        count := count + 1;
    end loop;
    -- What triggers and statements call must be where the tables are.
    for item in
        select p.oid::regprocedure as name
        from pg_proc p
        where p.pronamespace in ('reconcile'::regnamespace, 'audit'::regnamespace)
          and p.prorettype <> 'trigger'::regtype and p.proname <> 'account_at'
    loop
        execute format('select create_distributed_function(%L)', item.name);
    end loop;
    perform set_config('reconcile.spread_now', count::text, false);
end $$;

-- Auditors. A view is taken apart before it is sent, so who asks it must be allowed the columns of the tables
-- behind it; and it is sent whole, so one with columns that somebody may not see cannot be asked by them at
-- all. Whoever is to see nothing personal has views of their own, audit_open, without those columns; and each
-- is allowed exactly the columns that their views are made of. Views are replaced where they are, so that what
-- others made of them, or were granted there, stays; one that cannot be (a column is personal from now on) goes
-- only when nobody loses anything by that.
do $$
declare
    view record;
    item record;
    piece text[];
    kept text;
    has_owner boolean := exists (select 1 from pg_roles where rolname = 'reconcile_owner');
begin
    if not exists (select 1 from pg_roles where rolname = 'reconcile_auditor') then
        return;
    end if;
    create schema if not exists audit_open;
    comment on schema audit_open is 'the views of schema audit without what is personal, for reconcile_auditor where the tables are spread';
    for view in
        select c.oid, c.relname as name, pg_get_viewdef(c.oid) as text, a.open, a.columns, o.oid as old, b.columns as was
        from pg_class c
        left join pg_class o on o.relnamespace = 'audit_open'::regnamespace and o.relname = c.relname
        cross join lateral (
            select array_agg(x.open order by x.attnum) as open,
                   coalesce(array_agg(x.words order by x.attnum) filter (where x.open), '{}') as columns
            from (select attnum, concat_ws(' ', attname, format_type(atttypid, atttypmod), attcollation) as words,
                         coalesce(col_description(c.oid, attnum), '(personal)') not like '(personal)%' as open
                  from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped) x) a
        cross join lateral (
            select array_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attcollation) order by attnum)
                       as columns
            from pg_attribute where attrelid = o.oid and attnum > 0 and not attisdropped) b
        where c.relnamespace = 'audit'::regnamespace and c.relkind = 'v'
        order by c.relname
    loop
        if view.was <> view.columns[1:cardinality(view.was)] then
            select string_agg(distinct what, ', ' order by what desc) into kept
            from (select pg_describe_object(case when w.oid is null then d.classid else 'pg_class'::regclass end,
                                            coalesce(w.ev_class, d.objid), 0) as what
                  from pg_depend d
                  left join pg_rewrite w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
                  where d.refclassid = 'pg_class'::regclass and d.refobjid = view.old and d.deptype = 'n'
                    and w.ev_class is distinct from view.old
                  union all
                  select 'grants to ' || coalesce(r.rolname, 'public')
                  from (select relacl, relowner from pg_class where oid = view.old
                        union all
                        select a.attacl, c.relowner
                        from pg_attribute a
                        join pg_class c on c.oid = a.attrelid
                        where a.attrelid = view.old) g (acl, owner)
                  cross join aclexplode(g.acl) e
                  left join pg_roles r on r.oid = e.grantee
                  where e.grantee <> g.owner and r.rolname is distinct from 'reconcile_auditor') x;
            if kept is not null then
                raise exception 'others depend on audit_open.%, which gets other columns: %', view.name, kept
                    using hint = 'drop and revoke it, run this again, and make it again';
            end if;
            execute format('drop view audit_open.%I', view.name);
        end if;
        if cardinality(view.columns) = 0 then
            continue;
        end if;
        if false = any (view.open) then
            -- One line for each column, and what belongs to it further in.
            kept := substring(view.text from '^ SELECT (.*?)\n   FROM ');
            piece := regexp_split_to_array(kept, ',\n    (?! )');
            if coalesce(cardinality(piece), 0) <> cardinality(view.open) then
                raise exception 'the columns of view % cannot be told apart', view.name;
            end if;
            select string_agg(p, E',\n    ' order by n) into kept
            from unnest(piece, view.open) with ordinality k(p, is_open, n) where is_open;
            view.text := ' SELECT ' || kept || substr(view.text, strpos(view.text, E'\n   FROM '));
        end if;
        execute format('create or replace view audit_open.%I as %s', view.name, view.text);
        execute format('grant select on audit_open.%I to reconcile_auditor', view.name);
        if has_owner then
            execute format('alter view audit_open.%I owner to reconcile_owner', view.name);
        end if;
    end loop;

    for item in
        select role, format('grant select (%s) on %s to %s',
                            string_agg(distinct quote_ident(a.attname), ', '), d.refobjid::regclass, role)
                         as sql
        from (values ('audit_open'::regnamespace, 'reconcile_auditor'),
                     ('audit'::regnamespace, 'reconcile_auditor_personal')) r (schema, role)
        join pg_class v on v.relnamespace = r.schema and v.relkind = 'v'
            and exists (select 1 from pg_class o where o.relnamespace = 'audit'::regnamespace and o.relname = v.relname)
        join pg_rewrite w on w.ev_class = v.oid
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
            and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0
        join pg_class t on t.oid = d.refobjid and t.relkind in ('r', 'p')
        join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
        group by role, d.refobjid
    loop
        execute item.sql;
    end loop;
    grant usage on schema audit_open to reconcile_auditor;
    grant usage on schema reconcile to reconcile_auditor, reconcile_auditor_personal;
    if has_owner then
        alter schema audit_open owner to reconcile_owner;
    end if;
    -- With the rights of who asks it: those of the owner, who logs in nowhere, would take a connection of
    -- the owner's to the server of the portal.
    alter function audit.account_at(text, timestamptz) security invoker;
    grant select (created, deactivated) on reconcile.account to reconcile_auditor_personal;
    grant execute on function audit.account_at(text, timestamptz) to reconcile_eraser;
end $$;

commit;

-- What keeps the record, on every part of it, where it has the number of the part in its name.
do $$
declare
    what text;
begin
    select string_agg(format('%s of %s_%s', p.result, k.name, p.shardid), ', ' order by k.name, p.shardid) into what
    from (select name, array_agg(trigger) as triggers from record_trigger group by name) k
    cross join lateral run_command_on_shards('reconcile.' || k.name, format(
        'select coalesce(string_agg(k, '', '' order by k), '''') from unnest(%L::text[]) k'
        ' where not exists (select 1 from pg_trigger where tgrelid = ''%%s''::regclass'
        ' and regexp_replace(tgname, ''_[0-9]+$'', '''') = k and tgenabled = ''A'')', k.triggers)) p
    where not p.success or p.result <> '';
    if what is not null then
        raise exception 'what keeps the record is not in force: %', what
            using hint = 'somebody took it off these parts, or switched it off, at the servers that have them '
                         '(citus_shards); let nothing run before that is mended';
    end if;
end $$;

select format('%s tables spread over %s servers, %s of them now; %s portals',
              count(*), (select count(*) from pg_dist_node where groupid <> 0 and isactive),
              current_setting('reconcile.spread_now'), (select count(*) from reconcile.portal))
from pg_dist_partition d
join pg_class c on c.oid = d.logicalrelid
where c.relnamespace = 'reconcile'::regnamespace;
