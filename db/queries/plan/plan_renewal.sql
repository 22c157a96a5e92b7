-- What the seats will come to on the day of the renewal; a price in ten-thousandths; -1: not told.
select c.class, c.seats, r.renews::text as renews, r.starters, r.at_work, r.planned, r.leaving, r.starting, r.expected,
       coalesce(c.contracted, -1) as contracted, coalesce((c.price * 10000)::bigint, -1) as price,
       c.currency
from plan_renewal r
join plan_class c on c.portal_id = r.portal_id and c.plan_id = r.plan_id and c.position = r.position
where r.portal_id = $1::bigint and c.portal_id = $1::bigint and r.plan_id = $2::bigint
order by r.position
