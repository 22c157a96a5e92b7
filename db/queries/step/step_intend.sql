-- From here on it may have happened.
update step
set state = 'intent', reason = null, run_id = $4::bigint, intent_at = $5::timestamptz,
    accepted_at = null, http_status = null, record = $6::json
where portal_id = $1::bigint and plan_id = $2::bigint and position = $3::bigint
  and state = 'approved'
returning position
