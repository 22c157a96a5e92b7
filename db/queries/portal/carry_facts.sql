-- What either history knows of an account's life, both know: of an account that somebody gave back
-- after our last act, whichever of them acted and whichever saw it, we must not think that it is ours
-- (R8).
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
other as materialized (
    select account_id, first_seen, created, deactivated, ever_active, once_linked, missing_at,
           became_active_at, reactivated_at, bound
    from account where portal_id = $2::bigint),
told as materialized (
    select o.*, least(s.taken_at, t.taken_at) as seen_at
    from other o
    left join own_seen s on s.account_id = o.account_id
    left join other_seen t on t.account_id = o.account_id)
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
    bound = array(select unnest(a.bound) union select unnest(o.bound) order by 1)
from told o
where a.portal_id = $1::bigint and a.account_id = o.account_id
