-- Who the portal was in the last run that was sure of it, its address, and the name its history has now
-- when it was set aside.
with own as materialized (
    select host, own_id, known_snapshot_id, url, goes_on_in, set_aside_at
    from portal where portal_id = $1::bigint)
select o.host, o.own_id, coalesce(o.known_snapshot_id, 0) as known_snapshot_id, o.url,
       case when o.set_aside_at is not null then g.name end as goes_on_as
from own o
left join portal g on g.portal_id = o.goes_on_in
