-- What this run was granted before is sent, or will not be: what it did not send others may.
update request_block
set last_at = least(last_at, $4::timestamptz), requests = greatest(requests - $3::integer, 0)
where portal_id = $1::bigint and run_id = $2::bigint and last_at > $4::timestamptz
