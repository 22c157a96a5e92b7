-- The idle buckets of a plan.
select position, accounts
from plan_idle
where portal_id = $1::bigint and plan_id = $2::bigint
order by position
