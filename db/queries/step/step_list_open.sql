-- Every call whose outcome is not known, of whatever plan, oldest first.
select plan_id, position, account_id, action, from_profile, to_profile, state, reason, coalesce(run_id, 0) as run_id,
       us(intent_at) as intent_at, us(outcome_at) as outcome_at, us(accepted_at) as accepted_at,
       record::text as record, null as approved_by
from step
where portal_id = $1::bigint and state in ('intent', 'unknown')
order by intent_at, plan_id, position
