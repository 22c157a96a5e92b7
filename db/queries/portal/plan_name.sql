-- Plans keep the name they were made under: their digest covers it.
update plan set portal_name = $2 where portal_id = $1::bigint and portal_name is null
