-- The times good rosters speak of, the newest first: absence is counted in them (rule R6). A file
-- read twice is one roster, so it is the time it was changed that counts.
select distinct us(least(read_at, modified_at)) as as_of
from roster
where portal_id = $1::bigint and good
order by as_of desc
limit 1000
