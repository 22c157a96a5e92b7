-- Who had a seat again by a reading of history $2, after an act of $1 as it is now. Which class a
-- profile is of $2 need not know: another one than a downgrade gave is taken for a return.
with open as materialized (
    select f.act_id, f.account_id, f.takes, a.done_at, a.to_profile
    from seat_act f
    join act a on a.portal_id = $1::bigint and a.act_id = f.act_id
    where f.portal_id = $1::bigint and f.frees and f.back_on is null),
seen as materialized (
    select f.act_id, min(r.today) as day
    from open f
    join account n on n.portal_id = $2::bigint and n.account_id = f.account_id
    join account_version v on v.portal_id = $2::bigint and v.account_no = n.account_no
        and v.status = 'active'
    join snapshot s on s.portal_id = $2::bigint and s.snapshot_id >= v.valid_from
        and (v.valid_to is null or s.snapshot_id < v.valid_to)
        and s.taken_at > f.done_at and s.thinned_at is null
        and (s.complete or s.snapshot_id = v.valid_from)
    join run r on r.portal_id = $2::bigint and r.run_id = s.run_id
    where not f.takes or v.profile_id <> f.to_profile
    group by f.act_id)
update seat_act f set back_on = s.day, back_word = case when f.takes then 'class' else 'active' end
from seen s
where f.portal_id = $1::bigint and f.act_id = s.act_id
