-- Seats by day, class and profile; a row with neither class nor profile is the whole day, with what was
-- reclaimed until then and what came back. An act of a day without a reading counts on the next one that
-- has one, and those after the last reading on the last day: none is lost. Days without classes have no
-- rows of them.
with seat as (
    select day, coalesce(profile, profile_id, '(no profile)') as profile, seats
    from audit.seat where portal_id = $1::bigint and day >= $2::date),
day as (select distinct day from seat),
class as (
    select * from (
        select c.*, bool_or(class is not null) over (partition by day) as any
        from audit.seat_class c where portal_id = $1::bigint and day >= $2::date) c
    where c.any),
back as (
    select done_at::date as day, 1 as reclaimed, 0 as returned
    from audit.reclaimed where portal_id = $1::bigint and action = 'suspend'
    union all
    select returned_at::date, 0, 1
    from audit.reclaimed where portal_id = $1::bigint and action = 'suspend' and returned_at is not null),
placed as (
    select coalesce((select min(d.day) from day d where d.day >= b.day), l.day) as day,
           sum(b.reclaimed) as reclaimed, sum(b.returned) as returned
    from back b cross join (select max(day) as day from day) l
    where b.day >= $2::date
    group by 1),
row as (
    select s.day, 1 as part, 0 as place, null as class, null as profile,
           sum(s.seats)::bigint as seats, coalesce(max(b.reclaimed), 0)::bigint as reclaimed,
           coalesce(max(b.returned), 0)::bigint as returned, null::bigint as contracted,
           null::bigint as free, null::numeric as price, null as currency
    from seat s left join placed b using (day) group by s.day
    union all
    select day, 2, coalesce(position, 2147483647), coalesce(class, '(no class)'), null, seats, null,
           null, contracted, free, trim_scale(price), currency
    from class
    union all
    select day, 3, 0, null, profile, sum(seats)::bigint, null, null, null, null, null, null
    from seat group by day, profile)
select day, profile, seats, reclaimed, returned, class, contracted, free, price, currency
from row
order by day, part, place, profile
