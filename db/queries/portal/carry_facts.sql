-- What either history knows of an account's life, both know: of an account that somebody gave back
-- after our last act, whichever of them acted and whichever saw it, we must not think that it is ours
-- (R8). Before the newest moment from which both are whole nobody can tell. A profile is what it is
-- since the later of both beginnings, and where $2 saw another one last, not before that. Who was on
-- leave by either was.
with whole as (
    update portal p set states_whole_from = greatest(p.states_whole_from, o.states_whole_from)
    from portal o
    where p.portal_id = $1::bigint and o.portal_id = $2::bigint),
acted as (
    select account_id, max(done_at) as done_at
    from act
    where portal_id in ($1::bigint, $2::bigint) and action = 'suspend'
    group by account_id),
seen as (
    select d.account_id, min(s.taken_at) as taken_at
    from acted d
    join account n on n.account_id = d.account_id and n.portal_id in ($1::bigint, $2::bigint)
    join account_version v on v.portal_id = n.portal_id and v.account_no = n.account_no
        and v.status = 'active'
    join snapshot s on s.portal_id = v.portal_id and s.snapshot_id >= v.valid_from
        and (v.valid_to is null or s.snapshot_id < v.valid_to)
    where s.taken_at > d.done_at and (s.complete or s.snapshot_id = v.valid_from)
    group by d.account_id),
downgraded as (
    select distinct on (account_id) account_id, done_at, to_profile
    from act
    where portal_id in ($1::bigint, $2::bigint) and action = 'downgrade'
    order by account_id, done_at desc, act_id desc),
regraded as (
    select d.account_id, min(s.taken_at) as taken_at
    from downgraded d
    join account n on n.account_id = d.account_id and n.portal_id in ($1::bigint, $2::bigint)
    join account_version v on v.portal_id = n.portal_id and v.account_no = n.account_no
        and v.status in ('active', 'inactive') and v.profile_id <> d.to_profile
    join snapshot s on s.portal_id = v.portal_id and s.snapshot_id >= v.valid_from
        and (v.valid_to is null or s.snapshot_id < v.valid_to)
    where s.taken_at > d.done_at and (s.complete or s.snapshot_id = v.valid_from)
    group by d.account_id),
newest as (
    select max(taken_at) as taken_at from snapshot where portal_id = $2::bigint and complete),
away as (
    insert into person_leave (portal_id, person_key, since, seen_at, back_at)
    select $1::bigint, l.person_key, l.since, l.seen_at, l.back_at
    from person_leave l
    where l.portal_id = $2::bigint
    on conflict (portal_id, person_key, since) do update
    set seen_at = greatest(person_leave.seen_at, excluded.seen_at),
        back_at = case when person_leave.back_at is not null and excluded.back_at is not null
                       then greatest(person_leave.back_at, excluded.back_at) end
    where person_leave.portal_id = $1::bigint)
update account a
set first_seen = least(a.first_seen, o.first_seen),
    created = coalesce(a.created, o.created),
    deactivated = greatest(a.deactivated, o.deactivated),
    ever_active = a.ever_active or o.ever_active,
    once_linked = a.once_linked or o.once_linked,
    missing_at = (select max(m) from unnest(array[a.missing_at, o.missing_at]) m
                  where m < least(a.first_seen, o.first_seen)),
    became_active_at = greatest(a.became_active_at, o.became_active_at),
    reactivated_at = greatest(a.reactivated_at, o.reactivated_at, s.taken_at),
    regraded_at = greatest(a.regraded_at, o.regraded_at, r.taken_at),
    profile_id = case when a.profile_since is null then o.profile_id else a.profile_id end,
    profile_since = greatest(a.profile_since, o.profile_since,
                             case when a.profile_since is not null and o.profile_since is not null
                                       and o.profile_id is distinct from a.profile_id
                                  then n.taken_at end),
    profile_other_at = greatest(a.profile_other_at, o.profile_other_at,
                                case when a.profile_since is not null and o.profile_since is not null
                                          and o.profile_id is distinct from a.profile_id
                                     then n.taken_at end),
    bound = array(select unnest(a.bound) union select unnest(o.bound) order by 1)
from account o
left join seen s on s.account_id = o.account_id
left join regraded r on r.account_id = o.account_id
cross join newest n
where a.portal_id = $1::bigint and o.portal_id = $2::bigint and o.account_id = a.account_id
