-- A step for every row of a plan that wants an act; those that are there stay.
insert into step (portal_id, plan_id, position, account_id, action, state, person_status)
select portal_id, plan_id, position, account_id, action, 'planned', person
from plan_row
where portal_id = $1::bigint and plan_id = $2::bigint and action <> 'keep'
on conflict (portal_id, plan_id, position) do nothing
