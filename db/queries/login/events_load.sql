-- How far the events of a kind were read.
select us(complete_to) as complete_to, us(newest_at) as newest_at, us(window_from) as window_from,
       us(window_to) as window_to, us(covered_from) as covered_from, cursor, pages, torn,
       version::integer as version, host,
       whole_version::integer as whole_version
from events_read
where portal_id = $1::bigint and kind = $2::event_kind
