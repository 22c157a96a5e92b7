-- The locks of portals that somebody holds (an advisory lock shows its key in two halves).
select (classid::bigint << 32) | objid::bigint as portal_id
from pg_locks
where locktype = 'advisory' and objsubid = 1 and granted
  and database = (select oid from pg_database where datname = current_database())
