-- What became of the rows of a plan. What people decided on it is carried by the plans behind it, so their
-- steps count too, where the row is about the same: account, act and subject. Of a row that was tried more
-- than once what was done goes first, then the newest. The position is that of the row in the plan asked
-- about; approved by those who had done so when it was called, else when it ended.
with tried as (
    select s.position as asked, s.plan_id, s.position
    from step s
    where s.portal_id = $1::bigint and s.plan_id = $2::bigint
    union all
    select p.position, s.plan_id, s.position
    from step s
    join plan_row q on q.portal_id = $1::bigint and q.plan_id = s.plan_id and q.position = s.position
    join plan_row p on p.portal_id = $1::bigint and p.plan_id = $2::bigint
        and p.account_id = s.account_id and p.action = s.action and p.subject = q.subject
    where s.portal_id = $1::bigint and s.plan_id > $2::bigint),
became as (
    select distinct on (t.asked) t.asked, s.*, p.subject
    from tried t
    join audit.step s on s.portal_id = $1::bigint and s.plan_id = t.plan_id and s.position = t.position
    join plan_row p on p.portal_id = $1::bigint and p.plan_id = s.plan_id
        and p.position = s.position
    where s.state not in ('planned', 'approved')
    order by t.asked, s.state in ('done', 'already', 'verified') desc, s.plan_id desc)
select b.plan_id, b.asked as position, b.account_id, b.action, b.from_profile, b.to_profile, b.state, b.reason,
       coalesce(b.run_id, 0) as run_id, us(b.intent_at) as intent_at,
       us(b.outcome_at) as outcome_at, us(b.accepted_at) as accepted_at, null as record,
-- include approved_by
       as approved_by
from became b
cross join lateral (
    select b.plan_id, b.account_id, b.subject, coalesce(b.intent_at, b.outcome_at) as at) x
order by b.asked
