-- What was written under the new name until now gets a name of its own, and what was set aside for it
-- follows it.
with moved as (
    update portal set goes_on_in = $2::bigint where goes_on_in = $1::bigint)
update portal
set name = name || ', set aside ' || to_char($3::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    host = null, own_id = null, known_snapshot_id = null, shares_host = false,
    goes_on_in = $2::bigint, set_aside_at = $3::timestamptz
where portal_id = $1::bigint
returning name
