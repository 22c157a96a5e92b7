-- The newest roster.
select us(read_at) as read_at, good, people, rejected
from roster
where portal_id = $1::bigint
order by roster_id desc
limit 1
