-- The rosters that prove absence (rule R6), the newest first. The time they speak of is when the file was
-- changed: one that is read twice is one roster.
select us(least(read_at, modified_at)) as as_of, us(read_at) as read_at,
       encode(content, 'hex') as content, people < $2::bigint as few
from roster
where portal_id = $1::bigint and proves
order by as_of desc, roster_id desc
limit 1000
