-- Who the portal was in the last run that was sure of it, its address, and the name its history has now
-- when it was set aside.
select p.host, p.own_id, coalesce(p.known_snapshot_id, 0) as known_snapshot_id, p.url,
       (select g.name from portal g where g.portal_id = p.goes_on_in and p.set_aside_at is not null)
           as goes_on_as
from portal p
where p.portal_id = $1::bigint
