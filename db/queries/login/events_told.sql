-- The days until $3 on which a host ($4) told events of a kind, in their order.
select distinct t.day
from events_read e
cross join unnest(e.told) as t(day)
where e.portal_id = $1::bigint and e.kind = $2::event_kind and e.host = $4
  and t.day <= $3::date
order by t.day
