-- Open announcements of mode enforce that the newest plan still makes, and of which nobody was told.
select r.account_id, r.email, a.rule, a.plan_id, r.action, r.not_before::text, us(r.last_login),
       r.uses_login
from announcement a
join plan_row r on r.portal_id = a.portal_id and r.account_id = a.account_id and r.rule = a.rule
where a.portal_id = $1::bigint and a.ended_on is null and a.mode = 'enforce'
  and r.plan_id = (select max(plan_id) from plan where portal_id = $1::bigint)
  and r.action in ('suspend', 'deprovision') and r.held_by is null and r.not_before is not null
  and not exists (select from notice_announced n
                  where n.portal_id = a.portal_id and n.account_id = a.account_id
                    and n.rule = a.rule and n.plan_id = a.plan_id)
order by r.position
