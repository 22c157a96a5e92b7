-- The newest plan.
select plan_id, state, us(created_at) as created_at
from plan
where portal_id = $1::bigint
order by plan_id desc
limit 1
