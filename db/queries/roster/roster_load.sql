-- The row of one roster.
select source, checked_us(read_at) as read_at, checked_us(modified_at) as modified_at,
       encode(digest, 'hex') as digest, rows, rejected, blind, duplicates
from roster
where portal_id = $1::bigint and roster_id = $2::bigint
