-- Who the portal was in the last run that was sure of it, and a name that had this host ($2; NULL: it
-- does not matter) before this one. Of two names of one host the newer is asked about.
select p.host, p.own_id, coalesce(p.known_snapshot_id, 0) as known_snapshot_id,
       case when not (p.shares_host and p.host is not distinct from $2)
            then (select o.name from portal o
                  where o.host = $2 and o.portal_id <> p.portal_id and o.set_aside_at is null
                    and (o.first_seen, o.portal_id) < (p.first_seen, p.portal_id)
                  order by o.first_seen, o.portal_id limit 1) end as older_name
from portal p
where p.portal_id = $1::bigint
