-- Who holds the portal's lock: the session, and the run that is not finished, if it began already.
select us(a.backend_start) as session_start,
       a.pid as session,
       a.application_name,
       coalesce(host(a.client_addr), 'this machine') as address,
       us(r.started_at) as run_start,
       r.verb,
       coalesce(r.pid, 0) as pid,
       r.host
from pg_locks l
join pg_stat_activity a on a.pid = l.pid
left join lateral (select started_at, verb, pid, host, finished_at from run
                   where portal_id = $1::bigint order by run_id desc limit 1) r
    on r.finished_at is null and r.started_at >= a.backend_start - interval '1 minute'
where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
  and l.database = (select oid from pg_database where datname = current_database())
  and (l.classid::bigint << 32) | l.objid::bigint = $1::bigint
limit 1
