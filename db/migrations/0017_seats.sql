-- Classes of seats as the configuration had them when the portal was read: what a later price, or
-- another mapping of profiles, does not change. And the class of each row of a plan.

set local search_path = reconcile, pg_catalog;

create table seat_class_version (
    portal_id bigint not null references portal,
    class text not null,
    valid_from bigint not null,
    valid_to bigint,
    position bigint not null,
    contracted bigint,
    price numeric(16, 4),
    currency text,
    primary key (portal_id, class, valid_from),
    check (valid_to > valid_from),
    check (contracted >= 0),
    check (price >= 0),
    check ((price is null) = (currency is null))
);
create unique index seat_class_version_open on seat_class_version (portal_id, class)
    where valid_to is null;
comment on table seat_class_version is 'classes of seats as configured (seats.classes), one row per change';
comment on column seat_class_version.portal_id is 'portal';
comment on column seat_class_version.class is 'name of the class';
comment on column seat_class_version.valid_from is 'first snapshot that was read with it so';
comment on column seat_class_version.valid_to is 'first snapshot that was read with another, or without it; NULL: still so';
comment on column seat_class_version.position is 'place in the configuration, from 1';
comment on column seat_class_version.contracted is 'seats that the contract has; NULL: not told';
comment on column seat_class_version.price is 'of a seat and year; NULL: not told';
comment on column seat_class_version.currency is 'of the price, ISO 4217; NULL: there is no price';

create table profile_class_version (
    portal_id bigint not null references portal,
    profile_id text not null,
    valid_from bigint not null,
    valid_to bigint,
    class text not null,
    primary key (portal_id, profile_id, valid_from),
    check (valid_to > valid_from)
);
create unique index profile_class_version_open on profile_class_version (portal_id, profile_id)
    where valid_to is null;
comment on table profile_class_version is 'the class of each profile that has one, one row per change';
comment on column profile_class_version.portal_id is 'portal';
comment on column profile_class_version.profile_id is 'Bynder''s id of the profile';
comment on column profile_class_version.valid_from is 'first snapshot in which it was of that class';
comment on column profile_class_version.valid_to is 'first snapshot in which it was not; NULL: still so';
comment on column profile_class_version.class is 'name of the class (seat_class_version)';

alter table plan_row add column class text;
comment on column plan_row.class is 'class of seat of the account when the plan was made; NULL: none, or a plan of before; no digest covers it';

create table plan_class (
    portal_id bigint not null,
    plan_id bigint not null,
    position bigint not null,
    class text,
    seats bigint not null,
    seats_after bigint not null,
    contracted bigint,
    price numeric(16, 4),
    currency text,
    primary key (portal_id, plan_id, position),
    foreign key (portal_id, plan_id) references plan
);
comment on table plan_class is 'seats by class when a plan was made; no digest covers it. No rows: no classes were configured, or a plan of before';
comment on column plan_class.portal_id is 'portal';
comment on column plan_class.plan_id is 'plan';
comment on column plan_class.position is 'from 1, in the order of the configuration';
comment on column plan_class.class is 'name of the class; NULL: accounts whose profile no class fitted';
comment on column plan_class.seats is 'active accounts';
comment on column plan_class.seats_after is 'active accounts when every row is done';
comment on column plan_class.contracted is 'seats that the contract had; NULL: not told';
comment on column plan_class.price is 'of a seat and year; NULL: not told';
comment on column plan_class.currency is 'of the price, ISO 4217';

alter table notice_told
    drop constraint notice_told_kind_check,
    add constraint notice_told_kind_check
        check (kind in ('approval', 'expiring', 'held', 'steps', 'failed', 'cut_off', 'seats'));
comment on column notice_told.kind is 'a plan waits for approval, decisions are about to end, a guard holds, steps failed or are unknown, the run failed, a run was cut off, a class of seats is over its contract';

-- Of each day the newest complete snapshot. Seats are counted by changes, as in audit.seat.
create view audit.seat_class as
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
    profile as (select distinct portal_id, profile_id from summed),
    shot as (
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
    from class c
    join portal o on o.portal_id = c.portal_id
    left join seat_class_version v on v.portal_id = c.portal_id and v.class = c.class
        and v.valid_from <= c.snapshot_id and (v.valid_to is null or v.valid_to > c.snapshot_id);
comment on view audit.seat_class is 'seats taken by class, one row per day and class, by the newest complete reading of the day and the configuration it was read with';
comment on column audit.seat_class.portal is 'portal';
comment on column audit.seat_class.portal_id is 'its number';
comment on column audit.seat_class.day is 'the civil day of the reading';
comment on column audit.seat_class.class is 'name of the class; NULL: accounts whose profile no class fitted';
comment on column audit.seat_class.seats is 'active accounts';
comment on column audit.seat_class.contracted is 'seats that the contract had; NULL: not told';
comment on column audit.seat_class.free is 'contracted less seats, negative when the contract was exceeded; NULL: not told';
comment on column audit.seat_class.price is 'of a seat and year; NULL: not told';
comment on column audit.seat_class.currency is 'of the price';
comment on column audit.seat_class.position is 'place in the configuration, from 1';

create or replace view audit.plan_row as
    select o.name as portal, r.plan_id, r.position, r.action, r.finding, r.account_id, r.username,
           r.email, r.name, r.employee_number, r.rule, r.reason, r.decision_row, r.not_before,
           r.account, r.person, r.matched_by, r.last_login, r.last_login_source, r.idle_days,
           r.profile, r.roles, r.department, r.held_by, r.portal_id, r.subject, r.approvals,
           r.used_after_departure, r.matched_number, r.matched_name, r.matched_email, r.matched_row,
           r.telling, r.from_profile, r.from_profile_id, r.to_profile, r.to_profile_id,
           r.gained_roles, r.class
    from plan_row r join portal o on o.portal_id = r.portal_id;
comment on column audit.plan_row.class is 'class of seat when the plan was made';
