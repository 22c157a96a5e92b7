-- The locks of portals that somebody holds (an advisory lock shows its key in two halves). On a standby
-- those of its primary do not show: NULL alone says so.
select (classid::bigint << 32) | objid::bigint as portal_id
from pg_locks
where locktype = 'advisory' and objsubid = 1 and granted
  and database = (select oid from pg_database where datname = current_database())
union all
select null where pg_is_in_recovery()
