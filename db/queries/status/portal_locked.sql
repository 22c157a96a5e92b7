-- Whether anybody holds the portal's lock (an advisory lock shows its key in two halves).
select exists (
    select 1 from pg_locks
    where locktype = 'advisory' and objsubid = 1 and granted
      and database = (select oid from pg_database where datname = current_database())
      and (classid::bigint << 32) | objid::bigint = $1::bigint)
