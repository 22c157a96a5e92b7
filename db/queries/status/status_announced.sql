-- Grace that runs: announcements that stand whose day is not yet past on day $2, and the first day.
select count(*) as count, min(not_before)::text as next
from announcement
where portal_id = $1::bigint and ended_on is null and not_before > $2::date
