-- A person says that this is the portal: its user and accounts are learned anew, and other names with
-- this host do not matter any more. Who it was before.
with before as (
    select host from portal where portal_id = $1::bigint for update)
update portal p
set host = $2, own_id = null, known_snapshot_id = null, shares_host = true
from before b
where p.portal_id = $1::bigint
returning b.host
