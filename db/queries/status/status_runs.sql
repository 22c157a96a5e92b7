-- The last runs, the newest first.
select run_id, verb, us(started_at) as started_at, us(finished_at) as finished_at, exit_code, message
from run
where portal_id = $1::bigint
order by run_id desc
limit 10
