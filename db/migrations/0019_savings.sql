-- What was saved: facts that thinning, erasure and another name of the portal do not change, and the
-- three figures that are made of them.
--
-- Versions are merged when they grow old, so what an interval begins and ends with is written down
-- while it can be seen: what each act did to seats, when the account had a seat again, how many seats
-- of each class were in use at each complete reading, what each plan would have freed. Prices and
-- contracts are versions of their own (seat_class_version), which nothing merges.

set local search_path = reconcile, pg_catalog;

alter table portal add column seats_settled_id bigint not null default 0;
comment on column portal.seats_settled_id is 'the newest reading that seat_act and seat_count take in';

create table seat_act (
    portal_id bigint not null,
    act_id bigint not null,
    account_id text not null,
    since date not null,
    snapshot_id bigint,
    frees boolean not null,
    freed_class text,
    takes boolean not null,
    taken_class text,
    person_key text,
    looked boolean not null default false,
    back_on date,
    back_word text check (back_word in ('active', 'class', 'act', 'account')),
    primary key (portal_id, act_id),
    foreign key (portal_id, act_id) references act on delete cascade,
    check ((back_on is null) = (back_word is null)),
    check (frees or back_on is null)
);
create index seat_act_account on seat_act (portal_id, account_id);
create index seat_act_open on seat_act (portal_id, act_id) where frees and back_on is null;
comment on table seat_act is 'what an act did to seats, and when the account had a seat again; made of readings before these grow old';
comment on column seat_act.portal_id is 'portal';
comment on column seat_act.act_id is 'act';
comment on column seat_act.account_id is 'Bynder''s id';
comment on column seat_act.since is 'the civil day of the act, in the zone of the configuration';
comment on column seat_act.snapshot_id is 'the newest reading before it; NULL: of another name of the portal';
comment on column seat_act.frees is 'a seat became free: by a suspension, or by a downgrade to another class';
comment on column seat_act.freed_class is 'class of that seat, of a restoration of the one it leaves; NULL: of no class';
comment on column seat_act.takes is 'a seat was taken: by a downgrade, a restoration or a reactivation';
comment on column seat_act.taken_class is 'class of that seat; NULL: of no class';
comment on column seat_act.person_key is 'whom the account belonged to then; NULL: nobody, or not told';
comment on column seat_act.looked is 'readings up to portal.seats_settled_id were looked at for who came back';
comment on column seat_act.back_on is 'the civil day on which it was first seen that the seat is in use again; NULL: it was not';
comment on column seat_act.back_word is 'by what: active (a reading), class (a reading showed another profile than the act gave, of a class that is known, and not known to be cheaper than the target''s), act (of ours), account (a new one of the same person, in the class)';

create table seat_count (
    portal_id bigint not null,
    snapshot_id bigint not null,
    position integer not null,
    class text,
    seats bigint not null check (seats >= 0),
    primary key (portal_id, snapshot_id, position),
    foreign key (portal_id, snapshot_id) references snapshot
);
comment on table seat_count is 'seats in use by class at a complete reading; stays when the reading is thinned out';
comment on column seat_count.portal_id is 'portal';
comment on column seat_count.snapshot_id is 'reading';
comment on column seat_count.position is 'from 1';
comment on column seat_count.class is 'name of the class; NULL: accounts whose profile no class fitted';
comment on column seat_count.seats is 'active accounts';

create table plan_exposed (
    portal_id bigint not null,
    plan_id bigint not null,
    position integer not null,
    class text,
    seats bigint not null,
    price numeric(16, 4),
    currency text,
    primary key (portal_id, plan_id, position),
    foreign key (portal_id, plan_id) references plan,
    check ((price is null) = (currency is null))
);
comment on table plan_exposed is 'seats that the rules of a plan would free, by class and price, at least a row for each plan; stays when the rows of the plan are taken away. Of a plan whose rows or names were taken away before this was kept there is none: not known';
comment on column plan_exposed.portal_id is 'portal';
comment on column plan_exposed.plan_id is 'plan';
comment on column plan_exposed.position is 'from 1';
comment on column plan_exposed.class is 'class of the account when the plan was made; NULL: none';
comment on column plan_exposed.seats is 'its rows that suspend or downgrade somebody with a seat';
comment on column plan_exposed.price is 'of one of them and year; of a downgrade the difference; NULL: not told';
comment on column plan_exposed.currency is 'of the price, ISO 4217';

insert into plan_exposed (portal_id, plan_id, position, class, seats)
select p.portal_id, p.plan_id, 1, null, count(r.plan_id)
from plan p
left join plan_row r on r.portal_id = p.portal_id and r.plan_id = p.plan_id
    and r.action = 'suspend' and not r.finding and r.account = 'active'
where p.redacted_at is null
group by p.portal_id, p.plan_id;

-- --- what the figures are made of, for auditors ----------------------------------------------------

create view audit.seat_act as
    select o.name as portal, s.portal_id, s.act_id, s.account_id, a.action, a.done_at, s.since,
           s.frees, s.freed_class, s.takes, s.taken_class, s.back_on, s.back_word
    from seat_act s
    join act a on a.portal_id = s.portal_id and a.act_id = s.act_id
    join portal o on o.portal_id = s.portal_id;
comment on view audit.seat_act is 'what each act did to seats, and when the account had a seat again';
comment on column audit.seat_act.portal is 'portal';
comment on column audit.seat_act.portal_id is 'its number';
comment on column audit.seat_act.act_id is 'act';
comment on column audit.seat_act.account_id is 'Bynder''s id';
comment on column audit.seat_act.action is 'what was done';
comment on column audit.seat_act.done_at is 'when';
comment on column audit.seat_act.since is 'the civil day of the act, in the zone of the configuration';
comment on column audit.seat_act.frees is 'a seat became free: by a suspension, or by a downgrade to another class';
comment on column audit.seat_act.freed_class is 'class of that seat, of a restoration of the one it leaves; NULL: of no class';
comment on column audit.seat_act.takes is 'a seat was taken: by a downgrade, a restoration or a reactivation';
comment on column audit.seat_act.taken_class is 'class of that seat; NULL: of no class';
comment on column audit.seat_act.back_on is 'the civil day on which it was first seen that the seat is in use again; NULL: it was not';
comment on column audit.seat_act.back_word is 'by what: active (a reading), class (a reading showed another profile than the act gave, of a class that is known, and not known to be cheaper than the target''s), act (of ours), account (a new one of the same person, in the class)';

create view audit.seat_count as
    select o.name as portal, c.portal_id, c.snapshot_id, r.today as day, s.taken_at, c.class,
           c.seats
    from seat_count c
    join snapshot s on s.portal_id = c.portal_id and s.snapshot_id = c.snapshot_id
    join run r on r.portal_id = s.portal_id and r.run_id = s.run_id
    join portal o on o.portal_id = c.portal_id;
comment on view audit.seat_count is 'seats in use by class at each complete reading, thinned out or not';
comment on column audit.seat_count.portal is 'portal';
comment on column audit.seat_count.portal_id is 'its number';
comment on column audit.seat_count.snapshot_id is 'reading';
comment on column audit.seat_count.day is 'its civil day';
comment on column audit.seat_count.taken_at is 'when it began';
comment on column audit.seat_count.class is 'name of the class; NULL: accounts whose profile no class fitted';
comment on column audit.seat_count.seats is 'active accounts';

create view audit.seat_price as
    select o.name as portal, v.portal_id, v.class, v.valid_from as from_snapshot,
           v.valid_to as to_snapshot, v.contracted, v.price, v.currency
    from seat_class_version v join portal o on o.portal_id = v.portal_id;
comment on view audit.seat_price is 'contract and price of each class, one row per change of the configuration';
comment on column audit.seat_price.portal is 'portal';
comment on column audit.seat_price.portal_id is 'its number';
comment on column audit.seat_price.class is 'name of the class';
comment on column audit.seat_price.from_snapshot is 'first reading that was made with it so';
comment on column audit.seat_price.to_snapshot is 'first reading that was not; NULL: still so';
comment on column audit.seat_price.contracted is 'seats that the contract has; NULL: not told';
comment on column audit.seat_price.price is 'of a seat and year; NULL: not told';
comment on column audit.seat_price.currency is 'of the price, ISO 4217';

create view audit.plan_seats as
    select o.name as portal, c.portal_id, c.plan_id, p.today as day, c.class, c.seats, c.seats_after,
           c.contracted, c.price, c.currency
    from plan_class c
    join plan p on p.portal_id = c.portal_id and p.plan_id = c.plan_id
    join portal o on o.portal_id = c.portal_id;
comment on view audit.plan_seats is 'seats by class when a plan was made, and when everything in it is done';
comment on column audit.plan_seats.portal is 'portal';
comment on column audit.plan_seats.portal_id is 'its number';
comment on column audit.plan_seats.plan_id is 'plan';
comment on column audit.plan_seats.day is 'the civil day it was made for';
comment on column audit.plan_seats.class is 'name of the class; NULL: accounts whose profile no class fitted';
comment on column audit.plan_seats.seats is 'active accounts';
comment on column audit.plan_seats.seats_after is 'active accounts when every row is done';
comment on column audit.plan_seats.contracted is 'seats that the contract had; NULL: not told';
comment on column audit.plan_seats.price is 'of a seat and year; NULL: not told';
comment on column audit.plan_seats.currency is 'of the price, ISO 4217';

create view audit.plan_exposed as
    select o.name as portal, e.portal_id, e.plan_id, p.today as day, e.class, e.seats, e.price,
           e.currency
    from plan_exposed e
    join plan p on p.portal_id = e.portal_id and p.plan_id = e.plan_id
    join portal o on o.portal_id = e.portal_id;
comment on view audit.plan_exposed is 'seats that the rules of a plan would free, by class and price';
comment on column audit.plan_exposed.portal is 'portal';
comment on column audit.plan_exposed.portal_id is 'its number';
comment on column audit.plan_exposed.plan_id is 'plan';
comment on column audit.plan_exposed.day is 'the civil day it was made for';
comment on column audit.plan_exposed.class is 'class of the account when the plan was made; NULL: none';
comment on column audit.plan_exposed.seats is 'its rows that suspend or downgrade somebody with a seat';
comment on column audit.plan_exposed.price is 'of one of them and year; of a downgrade the difference; NULL: not told';
comment on column audit.plan_exposed.currency is 'of the price, ISO 4217';

-- --- the three figures ----------------------------------------------------------------------------

-- Which freed seats somebody else has by now: of each class the oldest, as long as more are free by
-- our acts than there is room for. Classes are numbers from 1 (`target`: of a downgrade, whose cheap
-- seat it pays for itself); `begins` and `ends` are days from the first one, `begins` never falls;
-- `room` is how many can be free on each day, all days of a class after each other, NULL: nobody knows.
-- Answers the day on which each one ends.
create function audit.seats_given(of_class integer[], target integer[], begins integer[],
                                  ends integer[], room bigint[], days integer)
    returns integer[]
    language plpgsql immutable parallel safe set search_path = pg_catalog
as $$
declare
    by_end integer[] := array(select u.number from unnest(ends) with ordinality u(day, number)
                              order by u.day, u.number);
    following integer[] := array(select lead(u.number) over (partition by u.class order by u.number)
                                 from unnest(of_class) with ordinality u(class, number)
                                 order by u.number);
    classes integer := cardinality(room) / days;
    oldest integer[] := array(select min(u.number)
                              from generate_series(1, classes) c(class)
                              left join unnest(of_class) with ordinality u(class, number)
                                  on u.class = c.class
                              group by c.class order by c.class);
    free bigint[] := array_fill(0::bigint, array[classes]);
    paid bigint[] := free;
    is_over boolean[] := array_fill(false, array[cardinality(begins)]);
    begun integer := 0;
    ended integer := 0;
    one integer;
    is_fewer boolean;
begin
    for day in 0 .. days - 1 loop
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
comment on function audit.seats_given(integer[], integer[], integer[], integer[], bigint[], integer) is 'part of audit.savings_span_of: the day on which each freed seat ends, the oldest first where more would be free than there is room for';

-- With the rights of who asks: it sees the views only, and of these nothing personal.
create function audit.savings_span_of(portal_name text)
    returns table (
        act_id bigint, account_id text, class text, is_downgrade boolean, target text, begins date,
        ends date, why text)
    language plpgsql stable set search_path = pg_catalog
    -- of sizes that the planner cannot know
    set enable_nestloop = off set jit = off
as $$
#variable_conflict use_column
declare
    own bigint := (select p.portal_id from audit.portal p
                   where p.portal = portal_name and p.goes_on_in is null);
    first_day date;
    last_day date := (select max(c.day) from audit.seat_count c where c.portal_id = own);
    classes_day date := (select s.day
                         from audit.snapshot s
                         where s.portal_id = own
                           and s.snapshot_id = (select min(v.from_snapshot) from audit.seat_price v
                                                where v.portal_id = own));
begin
    first_day := (select min(a.since) from audit.seat_act a
                  where a.portal_id = own and a.frees and a.since <= last_day);
    return query
    with used as materialized (
        select c.snapshot_id, c.day, c.taken_at, coalesce(c.class, '') as class, c.seats
        from audit.seat_count c
        where c.portal_id = own),
    reading as materialized (
        -- of each day the newest complete one
        select distinct on (u.day) u.day, u.snapshot_id, u.taken_at
        from used u
        order by u.day, u.snapshot_id desc),
    configured as (
        select s.day, max(s.snapshot_id) as snapshot_id
        from audit.snapshot s
        where s.portal_id = own
        group by s.day),
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
        select a.act_id, a.account_id, a.action, a.done_at, a.since, a.frees, a.takes,
               a.frees or (a.takes and a.action = 'restore') as leaves,
               coalesce(a.freed_class, '') as freed_class,
               coalesce(a.taken_class, '') as taken_class,
               case when a.back_on <= last_day then greatest(a.back_on, a.since) end as back_on
        from audit.seat_act a
        where a.portal_id = own and a.since <= last_day),
    freed as materialized (
        -- a come-back within 31 days: as if the act had not been
        select f.act_id, f.account_id, f.freed_class as class,
               case when f.takes then f.taken_class end as target, f.since, f.done_at, f.back_on,
               coalesce(f.back_on - f.since > 31, true) as counts,
               case when f.freed_class = '' and f.since < classes_day then classes_day end
                   as classes_on
        from act f
        where f.frees),
    span as materialized (
        select f.act_id, f.class, f.target, f.done_at, f.since - first_day as begins,
               least(f.back_on, f.classes_on, last_day + 1) - first_day as ends
        from freed f
        where f.counts),
    class as materialized (
        select c.class, row_number() over (order by c.class)::integer as number
        from (select distinct s.class from span s) c),
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
    known as (
        -- a contract that was mistyped for less than a week ends nothing
        select k.class, k.number as class_number, d.number, d.read_on,
               max(v.contracted) over (partition by k.class order by d.number
                                       rows 6 preceding) as contracted,
               sum(coalesce(c.seats, 0)) over (partition by k.class order by d.number) as changed
        from class k
        cross join day d
        left join changed c on c.class = k.class and c.day = first_day + d.number
        left join audit.seat_price v on v.portal_id = own and v.class = k.class
            and v.from_snapshot <= d.snapshot_id
            and (v.to_snapshot is null or v.to_snapshot > d.snapshot_id)),
    room as (
        select array_agg(case when k.read_on is not null
                              then (coalesce(k.contracted, c.most, 0) - coalesce(c.seats, 0)
                                    - k.changed)::bigint end
                         order by k.class_number, k.number) as room
        from known k
        left join counted c on c.class = k.class and c.day = k.read_on
        where k.number >= 0),
    given as (
        select g.act_id, g.ends
        from (select array_agg(s.act_id order by s.begins, s.done_at, s.act_id) as act_id,
                     array_agg(k.number order by s.begins, s.done_at, s.act_id) as class,
                     array_agg(t.number order by s.begins, s.done_at, s.act_id) as target,
                     array_agg(s.begins order by s.begins, s.done_at, s.act_id) as begins,
                     array_agg(s.ends order by s.begins, s.done_at, s.act_id) as ends
              from span s
              join class k on k.class = s.class
              left join class t on t.class = s.target) s
        cross join room r
        cross join lateral unnest(s.act_id,
                                  audit.seats_given(s.class, s.target, s.begins, s.ends, r.room,
                                                    last_day - first_day + 1)) g(act_id, ends)
        where s.act_id is not null)
    select f.act_id, f.account_id, nullif(f.class, ''), f.target is not null, nullif(f.target, ''),
           f.since,
           case when not f.counts then f.back_on
                when g.ends <= last_day - first_day then first_day + g.ends end,
           case when not f.counts then 'not counted'
                when g.ends < s.ends then 'given'
                when first_day + g.ends > last_day then 'open'
                when first_day + g.ends = f.back_on then 'back'
                else 'classes' end
    from freed f
    left join span s on s.act_id = f.act_id
    left join given g on g.act_id = f.act_id
    order by f.since, f.done_at, f.act_id;
end $$;
comment on function audit.savings_span_of(text) is 'each freed seat of a portal: the rows of audit.savings_span, which audit.savings_of counts';

create function audit.savings_of(portal_name text)
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
begin
    first_day := (select min(a.since) from audit.seat_act a
                  where a.portal_id = own and a.frees and a.since <= last_day);
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
        select coalesce(s.class, '') as class,
               case when s.is_downgrade then coalesce(s.target, '') end as target,
               s.begins - first_day as begins,
               coalesce(s.ends, last_day + 1) - first_day as ends, s.why
        from audit.savings_span_of(portal_name) s),
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
        join audit.act b on b.portal = portal_name and b.plan_id = p.plan_id
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
comment on function audit.savings_of(text) is 'what was saved, by month, class and currency: the rows of audit.savings for one portal';

create view audit.savings_span as
    select p.portal, s.act_id, s.account_id, s.class, s.is_downgrade, s.target, s.begins, s.ends, s.why
    from audit.portal p
    cross join lateral audit.savings_span_of(p.portal) s;
comment on view audit.savings_span is 'each seat that an act freed: from when until when it counts, and what ended it; audit.savings counts these';
comment on column audit.savings_span.portal is 'portal; one that was set aside has no rows, its acts count where they go on';
comment on column audit.savings_span.act_id is 'act';
comment on column audit.savings_span.account_id is 'Bynder''s id';
comment on column audit.savings_span.class is 'class of the seat; NULL: no class fitted, or none was configured then';
comment on column audit.savings_span.is_downgrade is 'by a downgrade: worth the difference to the target';
comment on column audit.savings_span.target is 'class that the downgrade gave; NULL: of no class, or no downgrade';
comment on column audit.savings_span.begins is 'the civil day of the act, the first that counts';
comment on column audit.savings_span.ends is 'the first day that does not count any more; NULL: it is open';
comment on column audit.savings_span.why is 'what ended it: back (audit.seat_act.back_word says by what), given (a new holder), classes (of no class, and from that day on classes were configured), not counted (back within 31 days: no day counts), open';

create view audit.savings as
    select p.portal, s.month, s.class, s.currency, s.exposed_seats, s.exposed, s.freed_seat_days,
           s.freed, s.come_backs, s.not_counted, s.new_holders, s.reducible_seats, s.reducible
    from audit.portal p
    cross join lateral audit.savings_of(p.portal) s;
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
