-- The rows a person named before: deciding again replaces them.
delete from approval_row
where portal_id = $1::bigint and plan_id = $2::bigint and who = $3
