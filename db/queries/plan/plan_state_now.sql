-- What has become of a plan, which is the newest, and whether step_became would find anything.
select state, (select max(plan_id) from plan where portal_id = $1::bigint) as newest,
       exists (select 1 from step
               where portal_id = $1::bigint and plan_id >= $2::bigint) as is_tried
from plan
where portal_id = $1::bigint and plan_id = $2::bigint
