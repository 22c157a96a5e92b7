-- Seats by class when a plan was made; a price in ten-thousandths; -1: not told.
select class, seats, seats_after, coalesce(contracted, -1) as contracted,
       coalesce((price * 10000)::bigint, -1) as price, currency
from plan_class
where portal_id = $1::bigint and plan_id = $2::bigint
order by position
