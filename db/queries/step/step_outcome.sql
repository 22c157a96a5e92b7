-- What became of a step. Given back to approved it was never called; verified keeps its outcome.
update step
set state = $5, reason = $6, run_id = $7::bigint,
    intent_at = case when $5 <> 'approved' then intent_at end,
    outcome_at = case when $5 = 'approved' then null when $5 = 'verified' then outcome_at
                      else $8::timestamptz end,
    verified_at = case when $5 = 'verified' then $8::timestamptz end,
    accepted_at = case when $5 = 'approved' then null
                       when $10::boolean then coalesce(accepted_at, $8::timestamptz)
                       else accepted_at end,
    http_status = coalesce(nullif($9::integer, 0), http_status)
where portal_id = $1::bigint and plan_id = $2::bigint and position = $3::bigint and state = $4
returning position
