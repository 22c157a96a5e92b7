-- A run that was sure of the portal: what the next one compares with. Whether anything but the reading
-- is new. Where another host was learned, what was said of the names that share the old one is over.
with before as (
    select host, own_id, shares_host from portal where portal_id = $1::bigint for update)
update portal p
set host = $2, own_id = coalesce($3, p.own_id), known_snapshot_id = $4::bigint,
    shares_host = p.shares_host and p.host is not distinct from $2
from before b
where p.portal_id = $1::bigint
returning (b.host, b.own_id) is distinct from (p.host, p.own_id) as is_new, p.own_id
