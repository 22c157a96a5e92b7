-- Accounts gone from the portal for long, with a name left. Not many at once: the rest is for the next
-- run.
select v.account_no
from account_version v
join snapshot s on s.portal_id = $1::bigint and s.snapshot_id = v.valid_from
where v.portal_id = $1::bigint and v.valid_to is null and v.status = 'gone'
  and s.taken_at < $2::timestamptz
  and (v.username is not null or v.email is not null or v.name is not null
       or v.employee_number is not null)
order by v.account_no
limit 100
