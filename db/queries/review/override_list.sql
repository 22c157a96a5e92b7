-- The guards a plan may pass.
select guard, who, reason
from guard_override
where portal_id = $1::bigint and plan_id = $2::bigint
order by guard
