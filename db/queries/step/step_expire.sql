-- What was approved and not carried out in time is not carried out any more.
update step s
set state = 'skipped', reason = 'the approval expired before it was carried out',
    run_id = $2::bigint, outcome_at = $3::timestamptz
from plan p
where s.portal_id = $1::bigint and p.portal_id = s.portal_id and p.plan_id = s.plan_id
  and p.state = 'applying' and p.expires_at <= $3::timestamptz and s.state = 'approved'
returning s.plan_id, s.position, s.account_id, s.action, s.reason
