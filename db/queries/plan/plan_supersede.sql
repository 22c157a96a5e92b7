-- A newer plan takes the place of those nobody decided on yet.
update plan set state = 'expired'
where portal_id = $1::bigint and state in ('proposed', 'held')
