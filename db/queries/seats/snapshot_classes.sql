-- The classes of seats that a snapshot was read with; a price in ten-thousandths; -1: not told.
select class, coalesce(contracted, -1) as contracted,
       coalesce((price * 10000)::bigint, -1) as price, currency
from seat_class_version
where portal_id = $1::bigint
  and valid_from <= $2::bigint and (valid_to is null or valid_to > $2::bigint)
order by position
