-- What either history knows of an account's life, both know: of an account that somebody gave back
-- after our last act, whichever of them acted and whichever saw it, we must not think that it is ours
-- (R8). A profile is what it is since the later of both beginnings, and where $2 saw another one last,
-- not before that.
with own_act as materialized (
    select account_id, max(done_at) as done_at from act
    where portal_id = $1::bigint and action = 'suspend' group by account_id),
other_act as materialized (
    select account_id, max(done_at) as done_at from act
    where portal_id = $2::bigint and action = 'suspend' group by account_id),
acted as materialized (
    select coalesce(a.account_id, b.account_id) as account_id,
           greatest(a.done_at, b.done_at) as done_at
    from own_act a
    full join other_act b on b.account_id = a.account_id),
own_seen as materialized (
    select d.account_id, min(s.taken_at) as taken_at
    from acted d
    join account n on n.portal_id = $1::bigint and n.account_id = d.account_id
    join account_version v on v.portal_id = $1::bigint and v.account_no = n.account_no
        and v.status = 'active'
    join snapshot s on s.portal_id = $1::bigint and s.snapshot_id >= v.valid_from
        and (v.valid_to is null or s.snapshot_id < v.valid_to)
    where s.taken_at > d.done_at and (s.complete or s.snapshot_id = v.valid_from)
    group by d.account_id),
other_seen as materialized (
    select d.account_id, min(s.taken_at) as taken_at
    from acted d
    join account n on n.portal_id = $2::bigint and n.account_id = d.account_id
    join account_version v on v.portal_id = $2::bigint and v.account_no = n.account_no
        and v.status = 'active'
    join snapshot s on s.portal_id = $2::bigint and s.snapshot_id >= v.valid_from
        and (v.valid_to is null or s.snapshot_id < v.valid_to)
    where s.taken_at > d.done_at and (s.complete or s.snapshot_id = v.valid_from)
    group by d.account_id),
own_downgrade as materialized (
    select account_id, done_at, act_id, to_profile from act
    where portal_id = $1::bigint and action = 'downgrade'),
other_downgrade as materialized (
    select account_id, done_at, act_id, to_profile from act
    where portal_id = $2::bigint and action = 'downgrade'),
downgraded as materialized (
    select distinct on (d.account_id) d.account_id, d.done_at, d.to_profile
    from (select * from own_downgrade union all select * from other_downgrade) d
    order by d.account_id, d.done_at desc, d.act_id desc),
own_regraded as materialized (
    select d.account_id, min(s.taken_at) as taken_at
    from downgraded d
    join account n on n.portal_id = $1::bigint and n.account_id = d.account_id
    join account_version v on v.portal_id = $1::bigint and v.account_no = n.account_no
        and v.status in ('active', 'inactive') and v.profile_id <> d.to_profile
    join snapshot s on s.portal_id = $1::bigint and s.snapshot_id >= v.valid_from
        and (v.valid_to is null or s.snapshot_id < v.valid_to)
    where s.taken_at > d.done_at and (s.complete or s.snapshot_id = v.valid_from)
    group by d.account_id),
other_regraded as materialized (
    select d.account_id, min(s.taken_at) as taken_at
    from downgraded d
    join account n on n.portal_id = $2::bigint and n.account_id = d.account_id
    join account_version v on v.portal_id = $2::bigint and v.account_no = n.account_no
        and v.status in ('active', 'inactive') and v.profile_id <> d.to_profile
    join snapshot s on s.portal_id = $2::bigint and s.snapshot_id >= v.valid_from
        and (v.valid_to is null or s.snapshot_id < v.valid_to)
    where s.taken_at > d.done_at and (s.complete or s.snapshot_id = v.valid_from)
    group by d.account_id),
other as materialized (
    select account_id, first_seen, created, deactivated, ever_active, once_linked, missing_at,
           became_active_at, reactivated_at, regraded_at, profile_id, profile_since,
           profile_other_at, bound
    from account where portal_id = $2::bigint),
newest as materialized (
    select max(taken_at) as taken_at from snapshot where portal_id = $2::bigint and complete),
told as materialized (
    select o.*, least(s.taken_at, t.taken_at) as seen_at,
           least(r.taken_at, q.taken_at) as other_profile_at, n.taken_at as newest_at
    from other o
    cross join newest n
    left join own_seen s on s.account_id = o.account_id
    left join other_seen t on t.account_id = o.account_id
    left join own_regraded r on r.account_id = o.account_id
    left join other_regraded q on q.account_id = o.account_id)
update account a
set first_seen = least(a.first_seen, o.first_seen),
    created = coalesce(a.created, o.created),
    deactivated = greatest(a.deactivated, o.deactivated),
    ever_active = a.ever_active or o.ever_active,
    once_linked = a.once_linked or o.once_linked,
    missing_at = (select max(m) from unnest(array[a.missing_at, o.missing_at]) m
                  where m < least(a.first_seen, o.first_seen)),
    became_active_at = greatest(a.became_active_at, o.became_active_at),
    reactivated_at = greatest(a.reactivated_at, o.reactivated_at, o.seen_at),
    regraded_at = greatest(a.regraded_at, o.regraded_at, o.other_profile_at),
    profile_id = case when a.profile_since is null then o.profile_id else a.profile_id end,
    profile_since = greatest(a.profile_since, o.profile_since,
                             case when a.profile_since is not null and o.profile_since is not null
                                       and o.profile_id is distinct from a.profile_id
                                  then o.newest_at end),
    profile_other_at = greatest(a.profile_other_at, o.profile_other_at,
                                case when a.profile_since is not null and o.profile_since is not null
                                          and o.profile_id is distinct from a.profile_id
                                     then o.newest_at end),
    bound = array(select unnest(a.bound) union select unnest(o.bound) order by 1)
from told o
where a.portal_id = $1::bigint and a.account_id = o.account_id
