-- Seats by day and profile; a row without a profile's name is the whole day, with what was reclaimed on
-- it and what came back.
with seat as (
    select day, coalesce(profile, profile_id, '(no profile)') as profile, seats
    from audit.seat where portal = $1 and day >= $2::date),
back as (
    select done_at::date as day, 1 as reclaimed, 0 as returned
    from audit.reclaimed where portal = $1 and action = 'suspend'
    union all
    select returned_at::date, 0, 1
    from audit.reclaimed where portal = $1 and action = 'suspend' and returned_at is not null)
select s.day, null as profile, sum(s.seats)::bigint as seats,
       (select coalesce(sum(b.reclaimed), 0)::bigint from back b where b.day = s.day) as reclaimed,
       (select coalesce(sum(b.returned), 0)::bigint from back b where b.day = s.day) as returned
from seat s group by s.day
union all
select day, profile, sum(seats)::bigint, null, null from seat group by day, profile
order by 1, 2 nulls first
