-- The last `run` that ended.
select us(started_at) as started_at, us(finished_at) as finished_at, exit_code
from run
where portal_id = $1::bigint and verb = 'run' and finished_at is not null
order by run_id desc
limit 1
