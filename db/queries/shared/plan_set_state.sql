-- The only column of a plan that changes.
update plan set state = $3 where portal_id = $1::bigint and plan_id = $2::bigint
