-- Which database this is, however its address is spelled: of one machine's servers no two have one port, and
-- of several machines' hardly two were started at the same microsecond.
select format('%s/%s/%s', extract(epoch from pg_postmaster_start_time()), current_setting('port'), d.oid)
from pg_database d
where d.datname = current_database()
