-- Only an open run can be ended.
update run set finished_at = $3::timestamptz, exit_code = $4::integer, message = $5,
               requests = $6::bigint, blocked = $7::integer
where portal_id = $1::bigint and run_id = $2::bigint and finished_at is null
returning run_id
