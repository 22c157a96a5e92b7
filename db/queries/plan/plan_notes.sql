-- The notes of a plan in their order.
select sentence
from plan_note
where portal_id = $1::bigint and plan_id = $2::bigint
order by position
