-- The steps of a plan in their order, with whose approvals each was done on: those of what its row was
-- about that stood when it was called (else when it ended), and of before rulings those of the plan. The
-- same as audit_actions says.
select s.plan_id, s.position, s.account_id, s.action, s.state, s.reason,
       coalesce(s.run_id, 0) as run_id, us(s.intent_at) as intent_at,
       us(s.outcome_at) as outcome_at, us(s.accepted_at) as accepted_at, null as record,
       (select string_agg(distinct w.who, ', ' order by w.who)
        from (select g.who from ruling g
              where g.portal_id = s.portal_id and g.account_id = s.account_id
                and g.kind = 'approve' and g.subject = p.subject
                and g.at <= coalesce(s.intent_at, s.outcome_at)
                and (g.ended_at is null or g.ended_at >= coalesce(s.intent_at, s.outcome_at))
              union all
              select d.who from approval d
              where d.portal_id = s.portal_id and d.plan_id = s.plan_id and d.kind = 'approve'
                and d.decided_at <= coalesce(s.intent_at, s.outcome_at)
                and (d.all_rows or exists (
                    select from approval_row n
                    where n.portal_id = d.portal_id and n.plan_id = d.plan_id and n.who = d.who
                      and n.account_id = s.account_id))) w) as approved_by
from step s
join plan_row p on p.portal_id = s.portal_id and p.plan_id = s.plan_id and p.position = s.position
where s.portal_id = $1::bigint and s.plan_id = $2::bigint
order by s.position
