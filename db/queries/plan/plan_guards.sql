-- The guard findings of a plan in their order.
select guard, hold, limit_text, actual, sentence
from plan_guard
where portal_id = $1::bigint and plan_id = $2::bigint
order by position
