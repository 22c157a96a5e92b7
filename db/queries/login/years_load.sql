-- Which years were asked for.
select year::integer as year, outcome, us(asked_at) as asked_at
from historical_year
where portal_id = $1::bigint
order by year
