-- The history goes on under the new name of its portal.
update portal
set name = $2, url = $3, host = $4, own_id = null, known_snapshot_id = null, shares_host = false
where portal_id = $1::bigint
