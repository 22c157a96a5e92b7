-- Savings follow the configuration: a class that has another name since, a profile that is of another
-- class. What an act freed is the seat of a profile; of which class that is, the configuration of each
-- day says. Where it does not say it (a night without classes, or without profiles), as before.

set local search_path = reconcile, pg_catalog;

alter table seat_act add column freed_profile text;
comment on column seat_act.freed_profile is 'profile of the seat that became free; NULL: none did, or not known';
comment on column seat_act.freed_class is 'class of that seat at the act, of a restoration of the one it leaves; NULL: of no class';
comment on column seat_act.taken_class is 'class of that seat at the act; NULL: of no class';
comment on column seat_act.back_word is 'by what: active (a reading), class (a reading showed another profile than the act gave, of a class that is known, and not known to be cheaper than the target''s), act (of ours), account (a new one of the same person, in the class)';

update seat_act f
set freed_profile = coalesce(a.from_profile, v.profile_id)
from act a
left join account n on n.portal_id = a.portal_id and n.account_id = a.account_id
left join seat_act s on s.portal_id = a.portal_id and s.act_id = a.act_id
left join account_version v on v.portal_id = n.portal_id and v.account_no = n.account_no
    and v.valid_from <= s.snapshot_id and (v.valid_to is null or v.valid_to > s.snapshot_id)
where f.frees and a.portal_id = f.portal_id and a.act_id = f.act_id;

alter table plan_exposed add column two_currencies boolean not null default false,
    add check (not two_currencies or currency is null);
comment on column plan_exposed.two_currencies is 'of a downgrade whose classes have prices in two currencies';

create or replace view audit.seat_act as
    select o.name as portal, s.portal_id, s.act_id, s.account_id, a.action, a.done_at, s.since,
           s.frees, s.freed_class, s.takes, s.taken_class, s.back_on, s.back_word,
           s.freed_profile, case when s.takes then a.to_profile end as taken_profile
    from seat_act s
    join act a on a.portal_id = s.portal_id and a.act_id = s.act_id
    join portal o on o.portal_id = s.portal_id;
comment on column audit.seat_act.freed_class is 'class of that seat at the act, of a restoration of the one it leaves; NULL: of no class';
comment on column audit.seat_act.taken_class is 'class of that seat at the act; NULL: of no class';
comment on column audit.seat_act.freed_profile is 'profile of the seat that became free; NULL: none did, or not known';
comment on column audit.seat_act.taken_profile is 'profile that a downgrade or a restoration gave';

create or replace view audit.plan_exposed as
    select o.name as portal, e.portal_id, e.plan_id, p.today as day, e.class, e.seats, e.price,
           e.currency, e.two_currencies
    from plan_exposed e
    join plan p on p.portal_id = e.portal_id and p.plan_id = e.plan_id
    join portal o on o.portal_id = e.portal_id;
comment on column audit.plan_exposed.two_currencies is 'of a downgrade whose classes have prices in two currencies';

create view audit.profile_class as
    select o.name as portal, v.portal_id, v.profile_id, v.class, v.valid_from as from_snapshot,
           v.valid_to as to_snapshot
    from profile_class_version v join portal o on o.portal_id = v.portal_id;
comment on view audit.profile_class is 'the class of each profile that has one, one row per change';
comment on column audit.profile_class.portal is 'portal';
comment on column audit.profile_class.portal_id is 'its number';
comment on column audit.profile_class.profile_id is 'Bynder''s id of the profile';
comment on column audit.profile_class.class is 'name of the class';
comment on column audit.profile_class.from_snapshot is 'first reading in which it was of that class';
comment on column audit.profile_class.to_snapshot is 'first reading in which it was not; NULL: still so';

drop view audit.savings;
drop view audit.savings_span;
drop function audit.savings_of(text);
drop function audit.savings_span_of(text);
drop function audit.seats_given(integer[], integer[], integer[], integer[], bigint[], integer);

-- Which freed seats somebody else has by now: of each class the oldest, as long as more are free by
-- our acts than there is room for. Classes are numbers from 1 (`target`: of a downgrade, whose cheap
-- seat it pays for itself); `begins` and `ends` are days from the first one, `begins` never falls;
-- `room` is how many can be free on each day, all `days` of a class after each other, NULL: nobody
-- knows. The days from one to another, not included, are looked at, in which the classes are these.
-- Answers the day on which each one ends.
create function audit.seats_given(of_class integer[], target integer[], begins integer[],
                                  ends integer[], room bigint[], days integer, from_day integer,
                                  to_day integer)
    returns integer[]
    language plpgsql immutable parallel safe set search_path = pg_catalog
as $$
declare
    by_end integer[] := array(select u.number from unnest(ends) with ordinality u(day, number)
                              order by u.day, u.number);
    following integer[] := array_fill(null::integer, array[cardinality(begins)]); -- of its class
    classes integer := cardinality(room) / days;
    oldest integer[] := array_fill(null::integer, array[classes]);
    free bigint[] := array_fill(0::bigint, array[classes]);
    paid bigint[] := free;
    is_over boolean[] := array_fill(false, array[cardinality(begins)]);
    begun integer := 0;
    ended integer := 0;
    one integer;
    is_fewer boolean;
begin
    for i in reverse cardinality(begins) .. 1 loop
        following[i] := oldest[of_class[i]];
        oldest[of_class[i]] := i;
    end loop;
    for day in from_day .. to_day - 1 loop
        while begun < cardinality(begins) and begins[begun + 1] <= day loop
            begun := begun + 1;
            free[of_class[begun]] := free[of_class[begun]] + 1;
            if target[begun] is not null then
                paid[target[begun]] := paid[target[begun]] + 1;
            end if;
        end loop;
        while ended < cardinality(by_end) and ends[by_end[ended + 1]] <= day loop
            ended := ended + 1;
            one := by_end[ended];
            if not is_over[one] then
                is_over[one] := true;
                free[of_class[one]] := free[of_class[one]] - 1;
                if target[one] is not null then
                    paid[target[one]] := paid[target[one]] - 1;
                end if;
            end if;
        end loop;
        loop
            is_fewer := false;
            for c in 1 .. classes loop
                while free[c] > 0 and free[c] > room[(c - 1) * days + day + 1] + paid[c] loop
                    one := oldest[c];
                    if not is_over[one] then
                        is_over[one] := true;
                        ends[one] := day;
                        free[c] := free[c] - 1;
                        if target[one] is not null then
                            paid[target[one]] := paid[target[one]] - 1;
                            is_fewer := true;
                        end if;
                    end if;
                    oldest[c] := following[one];
                end loop;
            end loop;
            exit when not is_fewer;
        end loop;
    end loop;
    return ends;
end $$;
comment on function audit.seats_given(integer[], integer[], integer[], integer[], bigint[], integer, integer, integer) is 'part of audit.savings_span_of: the day on which each freed seat ends, the oldest first where more would be free than there is room for';

-- --- what the figures are made of, portal by portal -----------------------------------------------

create type audit.savings_act as (
    act_id bigint, account_id text, plan_id bigint, action text, done_at timestamptz, since date,
    frees boolean, freed_class text, freed_profile text, takes boolean, taken_class text,
    taken_profile text, back_on date);
create type audit.savings_count as (
    snapshot_id bigint, day date, taken_at timestamptz, class text, seats bigint);
create type audit.savings_day as (day date, snapshot_id bigint);
create type audit.savings_price as (
    class text, from_day date, from_snapshot bigint, to_snapshot bigint, contracted bigint,
    price numeric, currency text);
create type audit.savings_profile as (
    profile_id text, class text, from_snapshot bigint, from_day date, to_snapshot bigint,
    to_day date);
create type audit.savings_exposed as (
    month date, plan_id bigint, class text, seats bigint, price numeric, currency text,
    two_currencies boolean);
create type audit.savings_seats as (
    plan_id bigint, class text, seats bigint, seats_after bigint, contracted bigint, price numeric,
    currency text);
create type audit.savings_facts as (
    acts audit.savings_act[], counts audit.savings_count[], days audit.savings_day[],
    prices audit.savings_price[], profiles audit.savings_profile[],
    exposed audit.savings_exposed[], seats audit.savings_seats[]);

-- A row for each portal that goes on, whoever asks for how many: every part of it names its portal, so
-- that one statement can be about all of them, or about one, wherever they are. The functions that count
-- are told these facts and look nothing up.
create view audit.savings_source as
    select p.name as portal, p.portal_id,
           row(a.facts, c.facts, d.facts, v.facts, k.facts, e.facts, u.facts)::audit.savings_facts
               as facts
    from portal p
    left join lateral (
        select array_agg(row(s.act_id, s.account_id, a.plan_id, a.action, a.done_at, s.since,
                             s.frees, s.freed_class, s.freed_profile, s.takes, s.taken_class,
                             case when s.takes then a.to_profile end,
                             s.back_on)::audit.savings_act) as facts
        from seat_act s
        join act a on a.portal_id = s.portal_id and a.act_id = s.act_id
        where s.portal_id = p.portal_id
        group by s.portal_id) a on true
    left join lateral (
        select array_agg(row(c.snapshot_id, r.today, s.taken_at, c.class,
                             c.seats)::audit.savings_count) as facts
        from seat_count c
        join snapshot s on s.portal_id = c.portal_id and s.snapshot_id = c.snapshot_id
        join run r on r.portal_id = s.portal_id and r.run_id = s.run_id
        where c.portal_id = p.portal_id
        group by c.portal_id) c on true
    left join lateral (
        -- of each day the newest reading, complete or not: its configuration
        select array_agg(row(s.day, s.snapshot_id)::audit.savings_day) as facts
        from (select s.portal_id, r.today as day, max(s.snapshot_id) as snapshot_id
              from snapshot s
              join run r on r.portal_id = s.portal_id and r.run_id = s.run_id
              where s.portal_id = p.portal_id
              group by s.portal_id, r.today) s
        group by s.portal_id) d on true
    left join lateral (
        select array_agg(row(v.class, r.today, v.valid_from, v.valid_to, v.contracted, v.price,
                             v.currency)::audit.savings_price) as facts
        from seat_class_version v
        left join snapshot s on s.portal_id = v.portal_id and s.snapshot_id = v.valid_from
        left join run r on r.portal_id = s.portal_id and r.run_id = s.run_id
        where v.portal_id = p.portal_id
        group by v.portal_id) v on true
    left join lateral (
        select array_agg(row(v.profile_id, v.class, v.valid_from, r.today, v.valid_to,
                             q.today)::audit.savings_profile) as facts
        from profile_class_version v
        left join snapshot s on s.portal_id = v.portal_id and s.snapshot_id = v.valid_from
        left join run r on r.portal_id = s.portal_id and r.run_id = s.run_id
        left join snapshot t on t.portal_id = v.portal_id and t.snapshot_id = v.valid_to
        left join run q on q.portal_id = t.portal_id and q.run_id = t.run_id
        where v.portal_id = p.portal_id
        group by v.portal_id) k on true
    left join lateral (
        select array_agg(row(m.month, m.plan_id, e.class, e.seats, e.price, e.currency,
                             e.two_currencies)::audit.savings_exposed) as facts
        from (
            -- of each month the newest plan of its last day that has one
            select distinct on (e.portal_id, date_trunc('month', l.today))
                   e.portal_id, date_trunc('month', l.today)::date as month, e.plan_id
            from plan_exposed e
            join plan l on l.portal_id = e.portal_id and l.plan_id = e.plan_id
            where e.portal_id = p.portal_id
            order by e.portal_id, date_trunc('month', l.today), l.today desc, e.plan_id desc) m
        join plan_exposed e on e.portal_id = m.portal_id and e.plan_id = m.plan_id
        group by m.portal_id) e on true
    left join lateral (
        select array_agg(row(c.plan_id, c.class, c.seats, c.seats_after, c.contracted, c.price,
                             c.currency)::audit.savings_seats) as facts
        from (
            -- of each month the newest plan of its last day that has one
            select distinct on (e.portal_id, date_trunc('month', l.today))
                   e.portal_id, date_trunc('month', l.today)::date as month, e.plan_id
            from plan_exposed e
            join plan l on l.portal_id = e.portal_id and l.plan_id = e.plan_id
            where e.portal_id = p.portal_id
            order by e.portal_id, date_trunc('month', l.today), l.today desc, e.plan_id desc) m
        join plan_class c on c.portal_id = m.portal_id and c.plan_id = m.plan_id
        group by m.portal_id) u on true
    where p.goes_on_in is null;
comment on view audit.savings_source is 'part of audit.savings and audit.savings_span: what these are made of, a row for each portal';
comment on column audit.savings_source.portal is 'portal; one that was set aside has no row';
comment on column audit.savings_source.portal_id is 'its number';
comment on column audit.savings_source.facts is 'acts, readings, days, prices, profiles, and of each month the newest plan of its last day that has one';

-- Of which class a profile is from a day on; of none that is missing, as before.
create function audit.profile_class_of(facts audit.savings_facts)
    returns table (profile_id text, class text, since date, until date)
    language plpgsql immutable parallel safe set search_path = pg_catalog
as $$
#variable_conflict use_column
begin
    return query
    select c.profile_id, c.class, c.day,
           lead(c.day) over (partition by c.profile_id order by c.day)
    from (select v.profile_id, v.class, v.day,
                 lag(v.class) over (partition by v.profile_id order by v.day) as before
          from (select distinct on (v.profile_id, v.from_day) v.profile_id, v.class,
                       v.from_day as day
                from unnest(facts.profiles) v
                where v.from_day is not null
                order by v.profile_id, v.from_day, v.from_snapshot desc) v) c
    where c.before is distinct from c.class;
end $$;
comment on function audit.profile_class_of(audit.savings_facts) is 'part of audit.savings_span_of and audit.savings_of: the class of each profile, as it counts for what was freed; until: the first day that it does not';

create function audit.seats_room(facts audit.savings_facts, first_day date, last_day date,
                                 name text[])
    returns bigint[]
    language plpgsql immutable parallel safe set search_path = pg_catalog
    -- of sizes that the planner cannot know
    set enable_nestloop = off set jit = off
as $$
#variable_conflict use_column
declare
    room bigint[];
begin
    with used as materialized (
        select c.snapshot_id, c.day, c.taken_at, coalesce(c.class, '') as class, c.seats
        from unnest(facts.counts) c),
    reading as materialized (
        -- of each day the newest complete one
        select distinct on (u.day) u.day, u.snapshot_id, u.taken_at
        from used u
        order by u.day, u.snapshot_id desc),
    configured as (select s.day, s.snapshot_id from unnest(facts.days) s),
    day as materialized (
        -- each day with the newest complete reading until then, and the newest configuration; a week
        -- before the first act as well. Before the first reading there is neither
        select n.number, max(r.day) over (order by n.number) as read_on,
               max(c.snapshot_id) over (order by n.number) as snapshot_id
        from (select generate_series(least(-6, min(c.day) - first_day), last_day - first_day)
                         as number
              from configured c) n
        left join reading r on r.day = first_day + n.number
        left join configured c on c.day = first_day + n.number),
    act as materialized (
        select a.done_at, a.since, a.takes,
               a.frees or (a.takes and a.action = 'restore') as leaves,
               coalesce(a.freed_class, '') as freed_class,
               coalesce(a.taken_class, '') as taken_class
        from unnest(facts.acts) a
        where a.since <= last_day),
    class as materialized (
        select u.class, u.number::integer as number
        from unnest(name) with ordinality u(class, number)),
    -- what our acts changed since the newest reading of a day, which cannot show it yet
    change as (
        select c.class, greatest(c.since, first_day) as since, c.seats, c.shown_on
        from (select a.freed_class as class, a.since, -1 as seats,
                     t.day[width_bucket(a.done_at, t.taken_at) + 1] as shown_on
              from act a cross join (select array_agg(r.taken_at order by r.taken_at) as taken_at,
                                            array_agg(r.day order by r.taken_at) as day
                                     from reading r) t
              where a.leaves
              union all
              select a.taken_class, a.since, 1, t.day[width_bucket(a.done_at, t.taken_at) + 1]
              from act a cross join (select array_agg(r.taken_at order by r.taken_at) as taken_at,
                                            array_agg(r.day order by r.taken_at) as day
                                     from reading r) t
              where a.takes) c
        where c.shown_on is null or c.shown_on > greatest(c.since, first_day)),
    changed as (
        select c.class, c.day, sum(c.seats) as seats
        from (select c.class, c.since as day, c.seats from change c
              union all
              select c.class, c.shown_on, -c.seats from change c where c.shown_on is not null) c
        group by c.class, c.day),
    counted as (
        -- seats in use at the readings, and the most there ever were
        select k.class, r.day, max(c.seats) filter (where c.snapshot_id = r.snapshot_id) as seats,
               max(max(c.seats)) over (partition by k.class order by r.day) as most
        from class k
        cross join reading r
        left join used c on c.day = r.day and c.class = k.class
        group by k.class, r.day),
    version as (
        select v.class, v.from_snapshot, v.from_day, v.to_snapshot, v.to_day,
               lag(v.to_snapshot) over (partition by v.profile_id order by v.from_snapshot) as before,
               lead(v.from_snapshot) over (partition by v.profile_id order by v.from_snapshot)
                   as after
        from unnest(facts.profiles) v),
    turned as (
        -- a profile came to the class from another one; a new profile is no change
        select v.class, v.from_day as day from version v
        where v.before is not null
        union
        select '', v.to_day from version v
        where v.to_snapshot < v.after or (v.to_snapshot is not null and v.after is null)),
    known as (
        -- a contract that was mistyped, or profiles that were of another class, for less than a week
        -- end nothing
        select k.class, k.number as class_number, d.number, d.read_on,
               max(v.contracted) over (partition by k.class order by d.number
                                       rows 6 preceding) as contracted,
               count(t.day) over (partition by k.class order by d.number rows 5 preceding) > 0
                   as is_new,
               sum(coalesce(c.seats, 0)) over (partition by k.class order by d.number) as changed
        from class k
        cross join day d
        left join changed c on c.class = k.class and c.day = first_day + d.number
        left join turned t on t.class = k.class and t.day = first_day + d.number
        left join unnest(facts.prices) v on v.class = k.class
            and v.from_snapshot <= d.snapshot_id
            and (v.to_snapshot is null or v.to_snapshot > d.snapshot_id))
    select array_agg(case when k.read_on is not null and not k.is_new
                          then (coalesce(k.contracted, c.most, 0) - coalesce(c.seats, 0)
                                - k.changed)::bigint end
                     order by k.class_number, k.number)
    into room
    from known k
    left join counted c on c.class = k.class and c.day = k.read_on
    where k.number >= 0;
    return room;
end $$;
comment on function audit.seats_room(audit.savings_facts, date, date, text[]) is 'part of audit.savings_span_of: how many seats can be free on each day, all days of a class after each other; NULL: not known';

create function audit.savings_span_of(facts audit.savings_facts)
    returns table (
        act_id bigint, account_id text, class text, is_downgrade boolean, target text, begins date,
        ends date, why text, freed_profile text, taken_profile text)
    language plpgsql immutable parallel safe set search_path = pg_catalog
    -- of sizes that the planner cannot know
    set enable_nestloop = off set jit = off
as $$
#variable_conflict use_column
declare
    first_day date;
    last_day date := (select max(c.day) from unnest(facts.counts) c);
    classes_day date := (select v.from_day from unnest(facts.prices) v
                         order by v.from_snapshot limit 1);
    days integer;
    act bigint[]; -- each freed seat, by the day of its act
    class_then text[];
    profile text[];
    target_then text[];
    target_profile text[];
    begun integer[];
    ended integer[]; -- by itself; NULL: does not count
    given integer[]; -- the same, or with whom somebody else has it
    of_profile text[]; -- of which class each profile is, and in which days
    of_class text[];
    of_since integer[];
    of_until integer[];
    name text[];
    room bigint[];
    turn integer[]; -- the days from which on a profile is of another class
    held integer[]; -- those of the days from one to the next
    held_class integer[];
    held_target integer[];
    held_begun integer[];
    held_given integer[];
begin
    first_day := (select min(a.since) from unnest(facts.acts) a
                  where a.frees and a.since <= last_day);
    days := last_day - first_day + 1;
    -- a come-back within 31 days: as if the act had not been
    select array_agg(f.act_id order by f.since, f.done_at, f.act_id),
           array_agg(coalesce(f.freed_class, '') order by f.since, f.done_at, f.act_id),
           array_agg(f.freed_profile order by f.since, f.done_at, f.act_id),
           array_agg(case when f.takes then coalesce(f.taken_class, '') end
                     order by f.since, f.done_at, f.act_id),
           array_agg(f.taken_profile order by f.since, f.done_at, f.act_id),
           array_agg(f.since - first_day order by f.since, f.done_at, f.act_id),
           array_agg(case when coalesce(f.back_on - f.since > 31, true)
                          then least(f.back_on, f.classes_on, last_day + 1) - first_day end
                     order by f.since, f.done_at, f.act_id)
    into act, class_then, profile, target_then, target_profile, begun, ended
    from (select a.act_id, a.freed_class, a.freed_profile, a.takes, a.taken_class, a.taken_profile,
                 a.since, a.done_at,
                 case when a.back_on <= last_day then greatest(a.back_on, a.since) end as back_on,
                 case when a.freed_class is null and a.since < classes_day then classes_day end
                     as classes_on
          from unnest(facts.acts) a
          where a.frees and a.since <= last_day) f;
    given := ended;
    select array_agg(k.profile_id), array_agg(k.class), array_agg(k.since - first_day),
           array_agg(k.until - first_day)
    into of_profile, of_class, of_since, of_until
    from audit.profile_class_of(facts) k;
    select array_agg(n.class order by n.class) into name
    from (select u.class from unnest(class_then) u(class)
          union
          select k.class from unnest(of_profile, of_class) k(profile_id, class)
          where k.profile_id = any (profile)) n;
    turn := array(select distinct greatest(k.since, 0)
                  from unnest(of_profile, of_since) k(profile_id, since)
                  where (k.profile_id = any (profile) or k.profile_id = any (target_profile))
                    and k.since < days
                  union select 0
                  order by 1);
    room := audit.seats_room(facts, first_day, last_day, name);
    for i in 1 .. cardinality(turn) loop
        exit when act is null;
        -- those that free a seat of a class in these days
        select array_agg(u.number::integer order by u.number),
               array_agg(n.number::integer order by u.number),
               array_agg(m.number::integer order by u.number),
               array_agg(u.begun order by u.number), array_agg(u.given order by u.number)
        into held, held_class, held_target, held_begun, held_given
        from unnest(class_then, profile, target_then, target_profile, begun, given)
            with ordinality u(class, profile, target, target_profile, begun, given, number)
        left join unnest(of_profile, of_class, of_since, of_until)
            k(profile_id, class, since, until) on k.profile_id = u.profile
            and k.since <= turn[i] and (k.until is null or k.until > turn[i])
        left join unnest(of_profile, of_class, of_since, of_until)
            t(profile_id, class, since, until) on t.profile_id = u.target_profile
            and t.since <= turn[i] and (t.until is null or t.until > turn[i])
        left join unnest(name) with ordinality n(class, number)
            on n.class = coalesce(k.class, u.class)
        left join unnest(name) with ordinality m(class, number)
            on u.target is not null and m.class = coalesce(t.class, u.target)
        where u.given > turn[i] and u.begun < coalesce(turn[i + 1], days)
          and coalesce(k.class, u.class) is distinct from
              case when u.target is not null then coalesce(t.class, u.target) end;
        continue when held is null;
        held_given := audit.seats_given(held_class, held_target, held_begun, held_given, room, days,
                                        turn[i], coalesce(turn[i + 1], days));
        for j in 1 .. cardinality(held) loop
            given[held[j]] := held_given[j];
        end loop;
    end loop;
    return query
    select f.act_id, a.account_id, nullif(f.class, ''), f.target is not null, nullif(f.target, ''),
           a.since,
           case when f.ended is null then greatest(a.back_on, a.since)
                when f.given < days then first_day + f.given end,
           case when f.ended is null then 'not counted'
                when f.given < f.ended then 'given'
                when f.given = days then 'open'
                when first_day + f.given = greatest(a.back_on, a.since) then 'back'
                else 'classes' end,
           f.profile, f.target_profile
    from unnest(act, class_then, target_then, ended, given, profile, target_profile)
        with ordinality f(act_id, class, target, ended, given, profile, target_profile, number)
    join unnest(facts.acts) a on a.act_id = f.act_id
    order by f.number;
end $$;
comment on function audit.savings_span_of(audit.savings_facts) is 'each freed seat of a portal: the rows of audit.savings_span, which audit.savings_of counts';

create function audit.savings_of(facts audit.savings_facts)
    returns table (
        month date, class text, currency text, exposed_seats bigint, exposed numeric,
        freed_seat_days bigint, freed numeric, come_backs bigint, not_counted bigint,
        new_holders bigint, reducible_seats bigint, reducible numeric, two_currencies boolean)
    language plpgsql immutable parallel safe set search_path = pg_catalog
    set enable_nestloop = off set jit = off
as $$
#variable_conflict use_column
declare
    first_day date;
    last_day date := (select max(c.day) from unnest(facts.counts) c);
    classes text[]; -- each freed seat
    downgrades boolean[];
    targets text[];
    profiles text[];
    target_profiles text[];
    firsts integer[];
    ends integer[];
    whys text[];
    of_profile text[]; -- of which class each profile is, and in which days
    of_class text[];
    of_since integer[];
    of_until integer[];
begin
    first_day := (select min(a.since) from unnest(facts.acts) a
                  where a.frees and a.since <= last_day);
    select array_agg(s.class), array_agg(s.is_downgrade), array_agg(s.target),
           array_agg(s.profile), array_agg(s.target_profile), array_agg(s.begins),
           array_agg(s.ends), array_agg(s.why)
    into classes, downgrades, targets, profiles, target_profiles, firsts, ends, whys
    from (select coalesce(s.class, '') as class, s.is_downgrade,
                 coalesce(s.target, '') as target, coalesce(s.freed_profile, '') as profile,
                 coalesce(s.taken_profile, '') as target_profile, s.begins - first_day as begins,
                 coalesce(s.ends, last_day + 1) - first_day as ends, s.why
          from audit.savings_span_of(facts) s) s;
    select array_agg(k.profile_id), array_agg(k.class), array_agg(k.since - first_day),
           array_agg(k.until - first_day)
    into of_profile, of_class, of_since, of_until
    from audit.profile_class_of(facts) k;
    return query
    with configured as (select s.day, s.snapshot_id from unnest(facts.days) s),
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
        select s.*
        from unnest(classes, downgrades, targets, profiles, target_profiles, firsts, ends, whys)
            s(class, is_downgrade, target, profile, target_profile, begins, ends, why)),
    timeline as materialized (
        select k.*
        from unnest(of_profile, of_class, of_since, of_until) k(profile_id, class, since, until)),
    kind as (
        select distinct s.class, s.is_downgrade, s.target, s.profile, s.target_profile from span s),
    turn as (
        -- the days from which on a kind of act is of other classes
        select k.*, 0 as since from kind k
        union
        select k.*, greatest(t.since, 0) from kind k join timeline t on t.profile_id = k.profile
        union
        select k.*, greatest(t.since, 0)
        from kind k join timeline t on t.profile_id = k.target_profile and k.is_downgrade),
    piece as materialized (
        select k.class as class_then, k.is_downgrade, k.target as target_then, k.profile,
               k.target_profile, k.since,
               lead(k.since) over (partition by k.class, k.is_downgrade, k.target, k.profile,
                                                k.target_profile
                                   order by k.since) as until,
               coalesce(c.class, k.class) as class,
               case when k.is_downgrade then coalesce(t.class, k.target) end as target
        from turn k
        left join timeline c on c.profile_id = k.profile and c.since <= k.since
            and (c.until is null or c.until > k.since)
        left join timeline t on t.profile_id = k.target_profile and k.is_downgrade
            and t.since <= k.since and (t.until is null or t.until > k.since)),
    part as materialized (
        -- of each seat the days in which it was of one class
        select p.class, p.target, greatest(s.begins, p.since) as begins,
               least(s.ends, p.until) as ends, s.ends as over, s.why,
               coalesce(p.until > s.ends, true) as is_last
        from span s
        join piece p on p.class_then = s.class and p.is_downgrade = s.is_downgrade
            and p.target_then = s.target and p.profile = s.profile
            and p.target_profile = s.target_profile
            and p.since <= s.ends and (p.until is null or p.until > s.begins)),
    held as (
        select s.* from part s
        where s.why <> 'not counted' and s.begins < s.ends and s.class is distinct from s.target),
    -- what one seat and year was worth on each day: of a downgrade the difference
    pair as (select distinct p.class, p.target from part p),
    rate as materialized (
        select k.class, k.target, d.number,
               case when k.target is null then v.currency
                    when v.currency = t.currency then v.currency end as currency,
               case when k.target is null then v.price
                    when v.currency = t.currency then greatest(v.price - t.price, 0) end as price,
               coalesce(v.currency <> t.currency, false) as two_currencies
        from pair k
        cross join day d
        left join unnest(facts.prices) v on v.class = k.class
            and v.from_snapshot <= d.snapshot_id
            and (v.to_snapshot is null or v.to_snapshot > d.snapshot_id)
        left join unnest(facts.prices) t on t.class = k.target
            and t.from_snapshot <= d.snapshot_id
            and (t.to_snapshot is null or t.to_snapshot > d.snapshot_id)),
    moved as (
        select m.class, m.target, m.number, sum(m.seats) as seats
        from (select h.class, h.target, h.begins as number, 1 as seats from held h
              union all
              select h.class, h.target, h.ends, -1 from held h) m
        group by m.class, m.target, m.number),
    figure as (
        select r.class, r.number, r.currency, r.two_currencies, r.price, 'freed' as what,
               sum(coalesce(m.seats, 0)) over (partition by r.class, r.target order by r.number)
                   as seats
        from rate r
        left join moved m on m.class = r.class and m.target is not distinct from r.target
            and m.number = r.number
        union all
        -- on the day on which it is over, of the class that it is of then
        select e.class, e.over, r.currency, r.two_currencies, null, e.why, 1
        from part e
        join rate r on r.class = e.class and r.target is not distinct from e.target
            and r.number = e.over
        where e.why in ('given', 'back', 'not counted') and e.is_last),
    plan as (
        select distinct e.month, e.plan_id,
               -- a night without profiles: nobody is of a class, and how many need one is not known
               (select coalesce(sum(c.seats) filter (where c.class is not null) = 0
                                and sum(c.seats) filter (where c.class is null) > 0, false)
                from unnest(facts.seats) c
                where c.plan_id = e.plan_id) as is_blind
        from unnest(facts.exposed) e),
    line as (
        select date_trunc('month', first_day + f.number)::date as month, nullif(f.class, '') as class,
               f.currency, f.two_currencies, null::numeric as exposed_seats, null::numeric as exposed,
               sum(f.seats) filter (where f.what = 'freed') as freed_seat_days,
               sum(f.seats * f.price) filter (where f.what = 'freed') as freed,
               count(*) filter (where f.what = 'back') as come_backs,
               count(*) filter (where f.what = 'not counted') as not_counted,
               count(*) filter (where f.what = 'given') as new_holders,
               null::numeric as reducible_seats, null::numeric as reducible
        from figure f
        where f.seats > 0
        group by 1, 2, 3, 4
        union all
        select p.month, e.class, e.currency, e.two_currencies, e.seats,
               e.seats * greatest(e.price, 0), 0, 0, 0, 0, 0, null, null
        from plan p
        join unnest(facts.exposed) e on e.plan_id = p.plan_id
        where e.seats > 0
        union all
        -- what is done of that plan is not in use any more
        select p.month, a.freed_class,
               case when not a.takes or c.currency = t.currency then c.currency end,
               coalesce(c.currency <> t.currency, false), -1,
               case when not a.takes then -c.price
                    when c.currency = t.currency then -greatest(c.price - t.price, 0) end,
               0, 0, 0, 0, 0, null, null
        from plan p
        join unnest(facts.acts) a on a.plan_id = p.plan_id and a.frees
        left join unnest(facts.seats) c on c.plan_id = p.plan_id and c.class = a.freed_class
        left join unnest(facts.seats) t on t.plan_id = p.plan_id and a.takes
            and t.class = a.taken_class
        union all
        select p.month, c.class, c.currency, false, 0, 0, 0, 0, 0, 0, 0,
               greatest(c.contracted - c.seats_after, 0),
               greatest(c.contracted - c.seats_after, 0) * c.price
        from plan p
        join unnest(facts.seats) c on c.plan_id = p.plan_id
        where c.contracted is not null and not p.is_blind)
    select l.month, l.class, l.currency, greatest(coalesce(sum(l.exposed_seats), 0), 0)::bigint,
           case when l.currency is not null then greatest(coalesce(sum(l.exposed), 0), 0) end,
           coalesce(sum(l.freed_seat_days), 0)::bigint,
           case when l.currency is not null then coalesce(sum(l.freed), 0) / 365 end,
           sum(l.come_backs)::bigint, sum(l.not_counted)::bigint, sum(l.new_holders)::bigint,
           sum(l.reducible_seats)::bigint, sum(l.reducible),
           l.two_currencies
    from line l
    group by l.month, l.class, l.currency, l.two_currencies
    order by l.month, l.class nulls last, l.currency nulls last, l.two_currencies;
end $$;
comment on function audit.savings_of(audit.savings_facts) is 'what was saved, by month, class and currency: the rows of audit.savings for one portal';

create view audit.savings_span as
    select p.portal, s.act_id, s.account_id, s.class, s.is_downgrade, s.target, s.begins, s.ends, s.why,
           s.freed_profile, s.taken_profile, p.portal_id
    from audit.savings_source p
    cross join lateral audit.savings_span_of(p.facts) s;
comment on view audit.savings_span is 'each seat that an act freed: from when until when it counts, and what ended it; audit.savings counts these';
comment on column audit.savings_span.portal is 'portal; one that was set aside has no rows, its acts count where they go on';
comment on column audit.savings_span.act_id is 'act';
comment on column audit.savings_span.account_id is 'Bynder''s id';
comment on column audit.savings_span.class is 'class of the seat when it was freed; NULL: no class fitted, or none was configured then. In audit.savings each day counts for the class that the profile is of on it';
comment on column audit.savings_span.is_downgrade is 'by a downgrade: worth the difference to the target';
comment on column audit.savings_span.target is 'class that the downgrade gave, as it was then; NULL: of no class, or no downgrade';
comment on column audit.savings_span.freed_profile is 'profile of the seat; NULL: not known';
comment on column audit.savings_span.taken_profile is 'profile that the downgrade gave';
comment on column audit.savings_span.begins is 'the civil day of the act, the first that counts';
comment on column audit.savings_span.ends is 'the first day that does not count any more; NULL: it is open';
comment on column audit.savings_span.portal_id is 'its number';
comment on column audit.savings_span.why is 'what ended it: back (audit.seat_act.back_word says by what), given (a new holder), classes (of no class, and from that day on classes were configured), not counted (back within 31 days: no day counts), open';

create view audit.savings as
    select p.portal, s.month, s.class, s.currency, s.exposed_seats, s.exposed, s.freed_seat_days,
           s.freed, s.come_backs, s.not_counted, s.new_holders, s.reducible_seats, s.reducible,
           s.two_currencies, p.portal_id
    from audit.savings_source p
    cross join lateral audit.savings_of(p.facts) s;
comment on view audit.savings is 'what was saved: three figures by month, class and currency, which say different things and are never added; nor are currencies';
comment on column audit.savings.portal is 'portal; one that was set aside has no rows, its acts count where they go on';
comment on column audit.savings.month is 'first day of the month; days after the newest complete reading are in none';
comment on column audit.savings.class is 'class of seat; NULL: no class fitted, or none was configured then';
comment on column audit.savings.currency is 'of the amounts, ISO 4217; NULL: no price, or a downgrade between two currencies: seats only, no amounts';
comment on column audit.savings.exposed_seats is 'seats in use that the rules say are not needed: rows of the newest plan of the month''s last day with a plan that suspend or downgrade, whether proposed, approved, waiting or held; without those that are done';
comment on column audit.savings.exposed is 'what these cost in a year at the price of that plan; of a downgrade the difference of both prices, not below 0';
comment on column audit.savings.freed_seat_days is 'days on which seats were really free by our acts: from the civil day of a suspension or downgrade up to, not including, the day on which the account has such a seat again, a new account of the person has one, or somebody else has the seat; an act after which the seat was in use again within 31 days does not count at all';
comment on column audit.savings.freed is 'what these would have cost: of each day a 365th of the yearly price that was valid on it; of a downgrade of the difference, not below 0; not rounded';
comment on column audit.savings.come_backs is 'freed seats that ended in the month because they are in use again, after more than 31 days';
comment on column audit.savings.not_counted is 'acts that do not count: their seat was in use again in the month, within 31 days';
comment on column audit.savings.new_holders is 'freed seats that ended in the month because more would be free than the contract (the greatest of that day and the six before; where it is not told, the most seats ever in use) leaves beside those in use: the oldest end, for ever. The cheap seat of an open downgrade is paid for by that, and ends none';
comment on column audit.savings.reducible_seats is 'by how many seats the contract could be smaller at its renewal: contracted less in use once that plan is done, not below 0; NULL: the contract is not told';
comment on column audit.savings.reducible is 'what these cost in a year at the price of that plan; NULL: contract or price is not told';
comment on column audit.savings.two_currencies is 'why there is no amount: a downgrade between classes whose prices are in two currencies';
comment on column audit.savings.portal_id is 'its number';
