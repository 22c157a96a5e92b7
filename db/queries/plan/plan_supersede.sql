-- A newer plan takes the place of those that nothing was carried out of: what was decided on their
-- rows is carried by it.
update plan set state = 'expired'
where portal_id = $1::bigint and state in ('proposed', 'held', 'approved')
