-- Which database this is, however its address is spelled: of all servers one was started at just that
-- moment.
select format('%s/%s', extract(epoch from pg_postmaster_start_time()), d.oid)
from pg_database d
where d.datname = current_database()
