-- Bynder accepted the call of this run's intent.
update step
set accepted_at = $5::timestamptz
where portal_id = $1::bigint and plan_id = $2::bigint and position = $3::bigint
  and run_id = $4::bigint and state = 'intent'
