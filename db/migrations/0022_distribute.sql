-- A history that can be spread over several servers by its portals (db/distribute.sql). Nothing is
-- spread here, and nothing changes for a server that stands alone: statements, functions and rights get
-- the form in which each of them is about one portal that it names.

set local search_path = reconcile, pg_catalog;

-- --- seats by class --------------------------------------------------------------------------------

-- As it was; no part of it is asked twice, so that each is asked about the portal that the whole is.
create or replace view audit.seat_class as
    with change as (
        select v.portal_id, v.valid_from as snapshot_id, coalesce(v.profile_id, '') as profile_id,
               1 as step
        from account_version v where v.status = 'active'
        union all
        select v.portal_id, v.valid_to, coalesce(v.profile_id, ''), -1
        from account_version v where v.status = 'active' and v.valid_to is not null),
    summed as (
        select portal_id, snapshot_id, profile_id, sum(step) as step
        from change group by portal_id, snapshot_id, profile_id),
    profile as (
        select distinct v.portal_id, coalesce(v.profile_id, '') as profile_id
        from account_version v where v.status = 'active'),
    shot as not materialized (
        select distinct on (s.portal_id, r.today) s.portal_id, r.today as day, s.snapshot_id
        from snapshot s
        join run r on r.portal_id = s.portal_id and r.run_id = s.run_id
        where s.complete and s.thinned_at is null
        order by s.portal_id, r.today, s.snapshot_id desc),
    counted as (
        select s.portal_id, s.snapshot_id, p.profile_id,
               sum(coalesce(c.step, 0)) over (partition by s.portal_id, p.profile_id
                                              order by s.snapshot_id) as seats
        from snapshot s
        join profile p on p.portal_id = s.portal_id
        left join summed c on c.portal_id = s.portal_id and c.snapshot_id = s.snapshot_id
            and c.profile_id = p.profile_id
        where s.thinned_at is null),
    taken as (
        select d.portal_id, d.day, d.snapshot_id, k.class, c.seats
        from shot d
        join counted c on c.portal_id = d.portal_id and c.snapshot_id = d.snapshot_id
        left join profile_class_version k on k.portal_id = c.portal_id
            and k.profile_id = c.profile_id and k.valid_from <= c.snapshot_id
            and (k.valid_to is null or k.valid_to > c.snapshot_id)
        where c.seats > 0
        union all
        select d.portal_id, d.day, d.snapshot_id, v.class, 0
        from shot d
        join seat_class_version v on v.portal_id = d.portal_id and v.valid_from <= d.snapshot_id
            and (v.valid_to is null or v.valid_to > d.snapshot_id)),
    class as (
        select portal_id, day, snapshot_id, class, sum(seats)::bigint as seats
        from taken group by portal_id, day, snapshot_id, class)
    select o.name as portal, c.portal_id, c.day, c.class, c.seats, v.contracted,
           v.contracted - c.seats as free, v.price, v.currency, v.position
    from portal o
    join class c on c.portal_id = o.portal_id
    left join seat_class_version v on v.portal_id = o.portal_id and v.class = c.class
        and v.valid_from <= c.snapshot_id and (v.valid_to is null or v.valid_to > c.snapshot_id);

-- --- views: every one says the number of its portal ----------------------------------------------

-- As they stand, whatever was added to them before: the number is their last column. A name is looked
-- up in the rows of all portals; only by the number is a question sent to where the portal is. What
-- somebody else made in this schema is left alone.
do $$
declare
    view record;
begin
    for view in
        select c.oid::regclass as name, pg_get_viewdef(c.oid) as text
        from pg_class c
        where c.relnamespace = 'audit'::regnamespace and c.relkind = 'v'
          and c.relname in (
              'account_history', 'acknowledgement', 'act', 'activity_history', 'announcement', 'decision',
              'decision_row', 'entitlement', 'event', 'first_event', 'guard', 'handed_in', 'head',
              'historical_year', 'link_history', 'login_history', 'override', 'person_history', 'personal',
              'plan', 'plan_exposed', 'plan_row', 'plan_seats', 'profile_history', 'reclaimed', 'roster',
              'ruling', 'run', 'seat', 'seat_act', 'seat_class', 'seat_count', 'seat_price', 'snapshot',
              'step')
          and exists (select 1 from pg_attribute a
                      where a.attrelid = c.oid and a.attname = 'portal' and not a.attisdropped)
          and not exists (select 1 from pg_attribute a
                          where a.attrelid = c.oid and a.attname = 'portal_id' and not a.attisdropped)
        order by c.relname
    loop
        execute format('create or replace view %s as %s', view.name,
                       regexp_replace(view.text, E'\n   FROM ', E',\n    o.portal_id\n   FROM '));
        execute format('comment on column %s.portal_id is %L', view.name, 'its number');
    end loop;
end $$;

-- --- the portal as it was known at a moment, a statement for each of its parts ---------------------

create or replace function audit.account_at(portal_name text, moment timestamptz)
    returns table (
        account_id text, account_no integer, status text, username text, email text, email2 text,
        name text, employee_number text, profile_id text, profile text, roles text, country text,
        department text, "groups" jsonb, sso_only boolean, created timestamptz,
        deactivated timestamptz, login_kind text, last_login timestamptz, login_source text,
        login_seen_at timestamptz, link text, matched_by text, person_key text,
        person_employee_number text, person_email text, person_name text, person_department text,
        person_word text, hire_date date, last_day date, snapshot_id bigint, taken_at timestamptz)
    language plpgsql stable security definer
    set search_path = pg_catalog, reconcile, pg_temp
    set work_mem = '64MB'
as $$
#variable_conflict use_column
declare
    portal bigint := (select p.portal_id from reconcile.portal p where p.name = portal_name);
    shot integer;
    shot_run bigint;
    shot_at timestamptz;
    hr bigint;
begin
    select s.snapshot_id, s.run_id, s.taken_at into shot, shot_run, shot_at
    from reconcile.snapshot s
    where s.portal_id = portal and s.taken_at <= moment and s.thinned_at is null
    order by s.taken_at desc, s.snapshot_id desc
    limit 1;
    select max(r.roster_id) into hr from reconcile.roster r
    where r.portal_id = portal and r.run_id <= shot_run;
    return query
    with profile as (
        select p.profile_id, p.name,
               (select string_agg(r, ' ' order by r) from jsonb_array_elements_text(p.roles) r)
                   as roles
        from reconcile.profile_version p
        where p.portal_id = portal and p.valid_from <= shot
          and (p.valid_to is null or p.valid_to > shot))
    select a.account_id, v.account_no, v.status, v.username, v.email, v.email2, v.name,
           v.employee_number, v.profile_id, f.name, f.roles, v.country, v.department,
           v.groups, v.sso_only, a.created, a.deactivated, l.kind::text, l.at, l.source::text,
           l.seen_at, k.kind, k.matched_by, k.person_key, h.employee_number, h.email, h.name,
           h.department, h.word, h.hire_date, h.last_day, shot::bigint, shot_at
    from reconcile.account_version v
    join reconcile.account a on a.portal_id = portal and a.account_no = v.account_no
    left join lateral (
        select w.kind, w.at, w.source, w.seen_at
        from reconcile.login w
        where w.portal_id = portal and w.account_no = v.account_no and w.valid_from <= shot
        order by w.valid_from desc limit 1) l on true
    left join profile f on f.profile_id = v.profile_id
    left join reconcile.link_version k on k.portal_id = portal and k.account_no = v.account_no
        and k.valid_from <= shot and (k.valid_to is null or k.valid_to > shot)
    left join reconcile.person_version h on h.portal_id = portal and h.person_key = k.person_key
        and h.ordinal = 1 and h.valid_from <= hr and (h.valid_to is null or h.valid_to > hr)
    where v.portal_id = portal and v.valid_from <= shot
      and (v.valid_to is null or v.valid_to > shot)
      and (v.status <> 'gone' or v.valid_from = shot)
    order by a.account_id collate "C";
end $$;

-- --- the record ------------------------------------------------------------------------------------

-- The check as it was; what is fresh is not joined with the head, which is a row of another server's table
-- to whoever plans the statement, but read before it. And its rows are made up column by column, because a
-- part of a table has a row type of its own.
create or replace function audit_check() returns trigger
    language plpgsql security definer set search_path = pg_catalog, reconcile, pg_temp
as $$
declare
    head reconcile.audit_head;
    last reconcile.audit_head;
    wrong bigint;
    portal bigint;
begin
    for portal in select distinct f.portal_id from fresh f loop
        select * into head from reconcile.audit_head h where h.portal_id = portal for update;
        select min(c.sequence) into wrong
        from (select f.sequence,
                     f.sequence = head.sequence + row_number() over w
                     and f.previous = lag(f.hash, 1, head.hash) over w
                     and f.hash = reconcile.audit_hash(
                         row(f.portal_id, f.sequence, f.version, f.at, f.kind, f.run_id, f.plan_id,
                             f.position, f.account_id, f.word, f.fact, f.sealed, f.previous,
                             f.hash)::reconcile.audit_event) as fits
              from fresh f
              where f.portal_id = portal
              window w as (order by f.sequence)) c
        where c.fits is distinct from true;
        if wrong is not null then
            raise exception 'event % does not follow the end of the chain, or its hash is wrong',
                wrong using errcode = 'integrity_constraint_violation';
        end if;
        select f.portal_id, f.sequence, f.hash, head.count + f.sequence - head.sequence into last
        from fresh f
        where f.portal_id = portal order by f.sequence desc limit 1;
        update reconcile.audit_head h
        set sequence = last.sequence, hash = last.hash, count = last.count
        where h.portal_id = portal;
    end loop;
    return null;
end $$;

-- With the rights of who asks: two roles in one transaction would be two connections to the server that
-- has the portal. Holding a row takes the right to change some column of it, so they are given that of
-- the number alone, which the trigger below refuses to everybody.
create or replace function audit_hold(portal bigint, out sequence bigint, out hash bytea,
                                      out now_us bigint)
    language plpgsql security invoker set search_path = pg_catalog, reconcile, pg_temp
as $$
begin
    select h.sequence, h.hash into sequence, hash from reconcile.audit_head h
    where h.portal_id = portal for update;
    if not found then
        insert into reconcile.audit_head (portal_id, sequence, hash, count)
        values (portal, 0, decode(repeat('00', 32), 'hex'), 0)
        on conflict (portal_id) do nothing;
        select h.sequence, h.hash into sequence, hash from reconcile.audit_head h
        where h.portal_id = portal for update;
    end if;
    now_us := reconcile.us(clock_timestamp());
end $$;

-- It says the table as it is called, not the part of it.
create or replace function audit_deny() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception '% of % is not allowed: the record of what happened only grows',
        lower(tg_op), regexp_replace(tg_table_name, '_[0-9]+$', '')
        using errcode = 'insufficient_privilege';
end $$;

create trigger audit_deny_number before update of portal_id on audit_head
    for each row execute function audit_deny();
alter table audit_head enable always trigger audit_deny_number;
-- A head that somebody puts there begins at nothing, in each of its columns.
drop trigger audit_deny_insert on audit_head;
create trigger audit_deny_insert before insert on audit_head
    for each row when (new.sequence <> 0 or new.count <> 0 or new.hash <> decode(repeat('00', 32), 'hex'))
    execute function audit_deny();
alter table audit_head enable always trigger audit_deny_insert;

-- Whoever could add to the record goes on doing so. (db/roles.sql says the same.)
do $$
declare
    item record;
begin
    for item in
        select a.grantee::regrole as role
        from pg_proc p, aclexplode(p.proacl) a
        where p.oid = 'reconcile.audit_hold(bigint)'::regprocedure and a.privilege_type = 'EXECUTE'
          and a.grantee <> 0 and a.grantee <> p.proowner
    loop
        execute format('grant select, insert, update (portal_id) on reconcile.audit_head to %s',
                       item.role);
    end loop;
end $$;

-- --- who approved, before decisions lasted ----------------------------------------------------------

-- A key of another server's row cannot be changed by following: `erase` renames both itself.
alter table approval_row
    drop constraint approval_row_portal_id_plan_id_who_kind_fkey,
    add foreign key (portal_id, plan_id, who, kind) references approval on delete cascade;
