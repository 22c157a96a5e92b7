-- It does not stand any more.
update acknowledgement set ended_at = $3::timestamptz, end_reason = $4
where portal_id = $1::bigint and acknowledgement_id = $2::bigint and ended_at is null
returning acknowledgement_id, guard, end_reason
