-- What became of the rows of a plan. What people decided on it is carried by the plans behind it, so their
-- steps count too, where the row is about the same: account, act and subject. Of a row that was tried more
-- than once what was done goes first, then the newest. The position is that of the row in the plan asked
-- about; by whom it was approved: those of what its row was about that stood when it was called (else when
-- it ended), and of before rulings those of the plan. The same as audit_actions says.
with tried as (
    select s.position as asked, s.plan_id, s.position
    from step s
    where s.portal_id = $1::bigint and s.plan_id = $2::bigint
    union all
    select p.position, s.plan_id, s.position
    from step s
    join plan_row q using (portal_id, plan_id, position)
    join plan_row p on p.portal_id = s.portal_id and p.plan_id = $2::bigint
        and p.account_id = s.account_id and p.action = s.action and p.subject = q.subject
    where s.portal_id = $1::bigint and s.plan_id > $2::bigint),
became as (
    select distinct on (t.asked) t.asked, s.*, p.subject
    from tried t
    join step s on s.portal_id = $1::bigint and s.plan_id = t.plan_id and s.position = t.position
    join plan_row p on p.portal_id = s.portal_id and p.plan_id = s.plan_id and p.position = s.position
    where s.state not in ('planned', 'approved')
    order by t.asked, s.state in ('done', 'already', 'verified') desc, s.plan_id desc)
select b.plan_id, b.asked as position, b.account_id, b.action, b.state, b.reason,
       coalesce(b.run_id, 0) as run_id, us(b.intent_at) as intent_at,
       us(b.outcome_at) as outcome_at, us(b.accepted_at) as accepted_at, null as record,
       (select string_agg(distinct w.who, ', ' order by w.who)
        from (select g.who from ruling g
              where g.portal_id = $1::bigint and g.account_id = b.account_id
                and g.kind = 'approve' and g.subject = b.subject
                and g.at <= coalesce(b.intent_at, b.outcome_at)
                and (g.ended_at is null or g.ended_at >= coalesce(b.intent_at, b.outcome_at))
              union all
              select d.who from approval d
              where d.portal_id = $1::bigint and d.plan_id = b.plan_id and d.kind = 'approve'
                and d.decided_at <= coalesce(b.intent_at, b.outcome_at)
                and (d.all_rows or exists (
                    select from approval_row n
                    where n.portal_id = d.portal_id and n.plan_id = d.plan_id and n.who = d.who
                      and n.account_id = b.account_id))) w) as approved_by
from became b
order by b.asked
