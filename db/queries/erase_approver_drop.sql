-- And the name goes.
delete from approval
where portal_id = $1::bigint and lower(who) in (select lower(value) from erasing_value)
