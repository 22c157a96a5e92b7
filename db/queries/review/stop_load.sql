-- What stops all writes, if anything does.
select format('stopped by %s since %s: %s', who,
              to_char(since at time zone 'UTC', 'YYYY-MM-DD HH24:MI" UTC"'), reason)
from stop where portal_id = $1::bigint order by since limit 1
