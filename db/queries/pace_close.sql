-- What this run was granted before is sent, or will not be.
update request_block set last_at = least(last_at, clock_timestamp())
where portal_id = $1::bigint and run_id = $2::bigint and last_at > clock_timestamp()
