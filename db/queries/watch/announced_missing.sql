-- Open announcements that the newest plan still makes, whose day is yet to come, and of which the
-- person was not told. One made in mode report counts: its grace does too.
select r.account_id, r.email, a.rule, a.plan_id, r.action, r.not_before::text as not_before,
       us(r.last_login) as last_login, r.uses_login
from announcement a
join plan_row r on r.portal_id = a.portal_id and r.account_id = a.account_id and r.rule = a.rule
join plan p on p.portal_id = r.portal_id and p.plan_id = r.plan_id
where a.portal_id = $1::bigint and a.ended_on is null
  and p.plan_id = (select max(plan_id) from plan where portal_id = $1::bigint)
  and r.action in ('suspend', 'deprovision') and r.held_by is null and r.not_before > p.today
  and not exists (select from notice_announced n
                  where n.portal_id = a.portal_id and n.account_id = a.account_id
                    and n.rule = a.rule and n.plan_id = a.plan_id)
order by r.position
