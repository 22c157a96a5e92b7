-- What was done in the days before the newest run and not read back since.
select s.plan_id, s.position, s.account_id, s.action, s.from_profile, s.to_profile, s.state,
       s.reason, coalesce(s.run_id, 0) as run_id,
       us(s.intent_at) as intent_at, us(s.outcome_at) as outcome_at,
       us(s.accepted_at) as accepted_at, null as record, null as approved_by
from step s
join portal p on p.portal_id = $1::bigint
join run r on r.portal_id = $1::bigint and r.run_id = p.last_run_id
where s.portal_id = $1::bigint and s.state = 'done'
  and s.outcome_at > r.started_at - make_interval(days => $2::integer)
order by s.plan_id, s.position
