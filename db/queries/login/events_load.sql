-- How far the login events were read.
select us(complete_to) as complete_to, us(newest_at) as newest_at, us(window_from) as window_from,
       us(window_to) as window_to, cursor, pages
from login_events
where portal_id = $1::bigint
