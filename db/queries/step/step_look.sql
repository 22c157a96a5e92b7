-- One step, held until the end of the transaction.
select state, coalesce(run_id, 0) as run_id, account_id, action
from step
where portal_id = $1::bigint and plan_id = $2::bigint and position = $3::bigint
for update
