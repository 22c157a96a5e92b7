-- Whether the session that answers now is the one that has the portal's lock.
select exists (select 1 from pg_locks
               where locktype = 'advisory' and objsubid = 1 and granted and pid = pg_backend_pid()
                 and database = (select oid from pg_database where datname = current_database())
                 and (classid::bigint << 32) | objid::bigint = $1::bigint)
