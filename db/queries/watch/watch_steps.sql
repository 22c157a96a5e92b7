-- What became of steps in the newest run that acts, and what is open whatever run it was.
select action, state, count(*) as count
from step
where portal_id = $1::bigint
  and (state in ('intent', 'unknown')
       or run_id = (select max(run_id) from run where portal_id = $1::bigint and verb in ('run', 'apply')))
group by action, state
