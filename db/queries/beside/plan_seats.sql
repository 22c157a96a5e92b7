-- Seats on each day until a plan, as the newest plan of the day counted them: at most so many, evenly
-- picked from the newest back.
with told as (
    select distinct on (today) today, seats_now
    from plan
    where portal_id = $1::bigint and plan_id <= $2::bigint and snapshot_complete
    order by today, plan_id desc),
placed as (
    select *, row_number() over (order by today desc) - 1 as back, count(*) over () as days
    from told)
select today::text as day, seats_now as seats
from placed
where back % ((days + $3::bigint - 1) / $3::bigint) = 0
order by today
