-- Names that had host $2 before this one, oldest first: of two names of one host the newer is asked
-- about, until a person says that both go on. Of a name that learned no host (it has not run since an
-- upgrade) there is only its address, which the caller compares.
with own as materialized (
    select portal_id, first_seen from portal
    where portal_id = $1::bigint and not (shares_host and host is not distinct from $2))
select o.portal_id, o.name, o.host, o.url
from own p
join portal o on o.portal_id <> p.portal_id and o.set_aside_at is null
    and (o.first_seen, o.portal_id) < (p.first_seen, p.portal_id)
where o.host = $2 or o.host is null
order by o.first_seen, o.portal_id
