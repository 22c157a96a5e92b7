-- The run before run $2, when it never ended: whoever holds the lock knows that it does not run any more.
select run_id, verb, us(started_at) as started_at, host
from (select run_id, verb, started_at, finished_at, host
      from run
      where portal_id = $1::bigint and run_id < $2::bigint and verb in ('run', 'apply')
      order by run_id desc
      limit 1) before
where finished_at is null
