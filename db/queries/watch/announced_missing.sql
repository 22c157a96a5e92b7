-- Of the newest plan, rows of which the person concerned is to be told and was not: whose grace counts
-- from that, and whose runs by the calendar and is not over. One made in mode report counts: its grace
-- does too. Announcement: 0 while there is none.
select r.position, r.account_id, r.email, r.rule, coalesce(a.announcement_id, 0) as announcement_id,
       r.action, r.from_profile, r.to_profile, r.not_before::text as not_before, us(r.last_login) as last_login, r.uses_login,
       r.telling
from plan_row r
join plan p on p.portal_id = $1::bigint and p.plan_id = r.plan_id
left join announcement a on a.portal_id = $1::bigint and a.account_id = r.account_id
    and a.rule = r.rule and a.ended_on is null
    and coalesce(a.action = r.action, r.to_profile_id is null)
    and a.to_profile is not distinct from r.to_profile_id
where r.portal_id = $1::bigint
  and p.plan_id = (select max(plan_id) from plan where portal_id = $1::bigint)
  and r.action <> 'keep' and r.held_by is null and r.not_before > p.today
  and case when r.telling is null
           then a.announcement_id is not null
                and not exists (select 1 from notice_announced n
                                where n.portal_id = $1::bigint
                                  and n.announcement_id = a.announcement_id)
           else r.telling <> 'unreachable' and (a.plan_id < p.plan_id or not a.told) is not false end
order by r.position
