-- The steps of a plan in their order, with who approved what each was about, as far as that ended no
-- sooner than its call.
select s.plan_id, s.position, s.account_id, s.action, s.state, s.reason,
       coalesce(s.run_id, 0) as run_id, us(s.intent_at) as intent_at,
       us(s.outcome_at) as outcome_at, us(s.accepted_at) as accepted_at, null as record,
       string_agg(distinct r.who, ', ' order by r.who) as approved_by
from step s
join plan_row p on p.portal_id = $1::bigint and p.plan_id = s.plan_id and p.position = s.position
left join ruling r on r.portal_id = $1::bigint and r.account_id = s.account_id
    and r.kind = 'approve' and r.subject = p.subject
    and (r.ended_at is null or r.ended_at >= s.intent_at)
where s.portal_id = $1::bigint and s.plan_id = $2::bigint
group by s.plan_id, s.position, s.account_id, s.action, s.state, s.reason, s.run_id, s.intent_at,
         s.outcome_at, s.accepted_at
order by s.position
