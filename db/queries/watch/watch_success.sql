-- When `run` last came to its good end: done, or held with everything stored and told.
select us(max(finished_at)) as finished_at
from run
where portal_id = $1::bigint and verb = 'run' and exit_code in (0, 20)
