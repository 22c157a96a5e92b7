-- Whom history $2 knew somebody for, or could not tell of, since $1 knew nobody: the absence begins
-- anew (R6).
with known as materialized (
    select o.account_id,
           max(case when v.valid_to is null then 'infinity' else e.taken_at end) as until
    from account o
    join link_version v on v.portal_id = $2::bigint and v.account_no = o.account_no
        and (v.kind <> 'none' or v.matched_by = 'near')
    left join snapshot e on e.portal_id = $2::bigint and e.snapshot_id = v.valid_to
    where o.portal_id = $2::bigint
    group by o.account_id)
update link_version k
set since = greatest(k.since, $3::timestamptz)
from account a
join known n on n.account_id = a.account_id
where a.portal_id = $1::bigint and k.portal_id = $1::bigint and k.account_no = a.account_no
  and k.valid_to is null and k.kind = 'none' and n.until > k.since
