-- The rows of such a decision follow.
update approval_row set who = $2
where portal_id = $1::bigint and lower(who) in (select lower(value) from erasing_value)
