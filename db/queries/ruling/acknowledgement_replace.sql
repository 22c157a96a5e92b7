-- Of each guard one stands: a new one takes the place of the old.
update acknowledgement set ended_at = $3::timestamptz, end_reason = 'acknowledged anew'
where portal_id = $1::bigint and guard = $2 and ended_at is null
returning acknowledgement_id, guard, end_reason
