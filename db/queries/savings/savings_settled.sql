-- Everything up to the newest reading was looked at.
with looked as (
    update seat_act set looked = true where portal_id = $1::bigint and not looked)
update portal
set seats_settled_id = last_snapshot_id
where portal_id = $1::bigint
