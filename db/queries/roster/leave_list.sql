-- The newest leave of everybody, as it was known at a moment.
select distinct on (person_key) person_key, us(least(seen_at, $2::timestamptz)) as seen_at,
       us(case when back_at <= $2::timestamptz then back_at end) as back_at
from person_leave
where portal_id = $1::bigint and since <= $2::timestamptz
order by person_key, since desc
