-- As whom they decided about whole plans.
select array_agg(distinct a.who)::text as who
from approval a
where a.portal_id = $1::bigint and lower(a.who) in (select lower(value) from erasing_value)
having count(*) > 0
