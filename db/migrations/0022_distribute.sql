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

-- --- what was saved ----------------------------------------------------------------------------------

-- As it was; the spans are asked first, because the question of them cannot stand within another one that
-- is sent to where the portal is.
create or replace function audit.savings_of(portal_name text)
    returns table (
        month date, class text, currency text, exposed_seats bigint, exposed numeric,
        freed_seat_days bigint, freed numeric, come_backs bigint, not_counted bigint,
        new_holders bigint, reducible_seats bigint, reducible numeric)
    language plpgsql stable set search_path = pg_catalog
    set enable_nestloop = off set jit = off
as $$
#variable_conflict use_column
declare
    own bigint := (select p.portal_id from audit.portal p
                   where p.portal = portal_name and p.goes_on_in is null);
    first_day date;
    last_day date := (select max(c.day) from audit.seat_count c where c.portal_id = own);
    classes text[];
    targets text[];
    firsts integer[];
    ends integer[];
    whys text[];
begin
    first_day := (select min(a.since) from audit.seat_act a
                  where a.portal_id = own and a.frees and a.since <= last_day);
    select array_agg(s.class), array_agg(s.target), array_agg(s.begins), array_agg(s.ends),
           array_agg(s.why)
    into classes, targets, firsts, ends, whys
    from (select coalesce(s.class, '') as class,
                 case when s.is_downgrade then coalesce(s.target, '') end as target,
                 s.begins - first_day as begins,
                 coalesce(s.ends, last_day + 1) - first_day as ends, s.why
          from audit.savings_span_of(portal_name) s) s;
    return query
    with configured as (
        select s.day, max(s.snapshot_id) as snapshot_id
        from audit.snapshot s
        where s.portal_id = own
        group by s.day),
    day as materialized (
        -- each day with its newest configuration; NULL: before the first reading
        select n.number, n.snapshot_id
        from (select n.number, max(c.snapshot_id) over (order by n.number) as snapshot_id
              from (select generate_series(least(0, min(c.day) - first_day), last_day - first_day)
                               as number
                    from configured c) n
              left join configured c on c.day = first_day + n.number) n
        where n.number >= 0),
    span as materialized (
        select s.class, s.target, s.begins, s.ends, s.why
        from unnest(classes, targets, firsts, ends, whys) s(class, target, begins, ends, why)),
    held as (select s.* from span s where s.why <> 'not counted'),
    -- what one seat and year was worth on each day: of a downgrade the difference
    kind as (select distinct s.class, s.target from span s),
    rate as materialized (
        select k.class, k.target, d.number,
               case when k.target is null then v.currency
                    when v.currency = t.currency then v.currency end as currency,
               case when k.target is null then v.price
                    when v.currency = t.currency then greatest(v.price - t.price, 0) end as price
        from kind k
        cross join day d
        left join audit.seat_price v on v.portal_id = own and v.class = k.class
            and v.from_snapshot <= d.snapshot_id
            and (v.to_snapshot is null or v.to_snapshot > d.snapshot_id)
        left join audit.seat_price t on t.portal_id = own and t.class = k.target
            and t.from_snapshot <= d.snapshot_id
            and (t.to_snapshot is null or t.to_snapshot > d.snapshot_id)),
    moved as (
        select m.class, m.target, m.number, sum(m.seats) as seats
        from (select h.class, h.target, h.begins as number, 1 as seats from held h
              union all
              select h.class, h.target, h.ends, -1 from held h) m
        group by m.class, m.target, m.number),
    figure as (
        select r.class, r.number, r.currency, r.price, 'freed' as what,
               sum(coalesce(m.seats, 0)) over (partition by r.class, r.target order by r.number)
                   as seats
        from rate r
        left join moved m on m.class = r.class and m.target is not distinct from r.target
            and m.number = r.number
        union all
        select e.class, e.number, r.currency, null, e.what, 1
        from (select s.class, s.target, s.ends as number, s.why as what from span s
              where s.why in ('given', 'back', 'not counted')) e
        join rate r on r.class = e.class and r.target is not distinct from e.target
            and r.number = e.number),
    plan as (
        -- of each month the newest plan of its last day that has one
        select distinct on (date_trunc('month', e.day)) date_trunc('month', e.day)::date as month,
               e.plan_id
        from audit.plan_exposed e
        where e.portal_id = own
        order by date_trunc('month', e.day), e.day desc, e.plan_id desc),
    line as (
        select date_trunc('month', first_day + f.number)::date as month, nullif(f.class, '') as class,
               f.currency, null::numeric as exposed_seats, null::numeric as exposed,
               sum(f.seats) filter (where f.what = 'freed') as freed_seat_days,
               sum(f.seats * f.price) filter (where f.what = 'freed') as freed,
               count(*) filter (where f.what = 'back') as come_backs,
               count(*) filter (where f.what = 'not counted') as not_counted,
               count(*) filter (where f.what = 'given') as new_holders,
               null::numeric as reducible_seats, null::numeric as reducible
        from figure f
        where f.seats > 0
        group by 1, 2, 3
        union all
        select p.month, e.class, e.currency, e.seats, e.seats * greatest(e.price, 0), 0, 0, 0, 0, 0,
               null, null
        from plan p
        join audit.plan_exposed e on e.portal_id = own and e.plan_id = p.plan_id
        where e.seats > 0
        union all
        -- what is done of that plan is not in use any more
        select p.month, a.freed_class,
               case when not a.takes or c.currency = t.currency then c.currency end, -1,
               case when not a.takes then -c.price
                    when c.currency = t.currency then -greatest(c.price - t.price, 0) end,
               0, 0, 0, 0, 0, null, null
        from plan p
        join audit.act b on b.portal_id = own and b.plan_id = p.plan_id
        join audit.seat_act a on a.portal_id = own and a.act_id = b.act_id and a.frees
        left join audit.plan_seats c on c.portal_id = own and c.plan_id = p.plan_id
            and c.class = a.freed_class
        left join audit.plan_seats t on t.portal_id = own and t.plan_id = p.plan_id and a.takes
            and t.class = a.taken_class
        union all
        select p.month, c.class, c.currency, 0, 0, 0, 0, 0, 0, 0,
               greatest(c.contracted - c.seats_after, 0),
               greatest(c.contracted - c.seats_after, 0) * c.price
        from plan p
        join audit.plan_seats c on c.portal_id = own and c.plan_id = p.plan_id
        where c.contracted is not null)
    select l.month, l.class, l.currency, greatest(coalesce(sum(l.exposed_seats), 0), 0)::bigint,
           case when l.currency is not null then greatest(coalesce(sum(l.exposed), 0), 0) end,
           coalesce(sum(l.freed_seat_days), 0)::bigint,
           case when l.currency is not null then coalesce(sum(l.freed), 0) / 365 end,
           sum(l.come_backs)::bigint, sum(l.not_counted)::bigint, sum(l.new_holders)::bigint,
           sum(l.reducible_seats)::bigint, sum(l.reducible)
    from line l
    group by l.month, l.class, l.currency
    order by l.month, l.class nulls last, l.currency nulls last;
end $$;

-- The views of it ask function by function, and none of them can be sent anywhere: the portals too are
-- what a function says. Their columns of numbers come last, as in every view.
create function audit.savings_portals()
    returns table (portal text, portal_id bigint)
    language plpgsql stable rows 100 set search_path = pg_catalog
as $$
begin
    return query select p.portal, p.portal_id from audit.portal p;
end $$;
comment on function audit.savings_portals() is 'part of audit.savings and audit.savings_span: each portal and its number';

create or replace view audit.savings_span as
    select p.portal, s.act_id, s.account_id, s.class, s.is_downgrade, s.target, s.begins, s.ends, s.why,
           p.portal_id
    from audit.savings_portals() p
    cross join lateral audit.savings_span_of(p.portal) s;
comment on column audit.savings_span.portal_id is 'its number';

create or replace view audit.savings as
    select p.portal, s.month, s.class, s.currency, s.exposed_seats, s.exposed, s.freed_seat_days,
           s.freed, s.come_backs, s.not_counted, s.new_holders, s.reducible_seats, s.reducible,
           p.portal_id
    from audit.savings_portals() p
    cross join lateral audit.savings_of(p.portal) s;
comment on column audit.savings.portal_id is 'its number';

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
