-- The longest silence of a kind that lasts or ended less than $4 days before $3, and what was before
-- it: `silent` days without an event after the day `since`, `longest` of the silences until then, and
-- of `span` days `told` with one.
with told as (
    select t.day
    from events_read e
    cross join unnest(e.told) as t(day)
    where e.portal_id = $1::bigint and e.kind = $2::event_kind and e.host = $5
      and t.day <= $3::date),
silence as (
    select day as since,
           lead(day, 1, $3::date) over by_day as until,
           lead(day, 1, $3::date) over by_day - day - 1 as silent,
           day - min(day) over by_day + 1 as span,
           row_number() over by_day as told
    from told
    window by_day as (order by day)),
beside as (
    select since, until, silent, span, told,
           max(silent) over (order by since rows between unbounded preceding and 1 preceding)
               as longest
    from silence)
select us(since::timestamp at time zone 'UTC') as since, silent::bigint as silent, span::bigint as span, told,
       coalesce(longest, 0)::bigint as longest
from beside
where until > $3::date - $4::integer
order by silent desc, since
limit 1
