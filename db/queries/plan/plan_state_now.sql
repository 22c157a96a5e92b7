-- What has become of a plan, and which is the newest.
select state, (select max(plan_id) from plan where portal_id = $1::bigint) as newest
from plan
where portal_id = $1::bigint and plan_id = $2::bigint
