-- The act of a step that is done, once: numbered by the portal's counter.
with numbered as (
    update portal set last_act_id = last_act_id + 1 where portal_id = $1::bigint
    returning portal_id, last_act_id)
insert into act (portal_id, act_id, account_id, action, done_at, plan_id, rule, person_status,
                 uncounted, from_profile, to_profile, from_roles)
select s.portal_id, n.last_act_id, s.account_id, s.action, $4::timestamptz, s.plan_id, r.rule,
       s.person_status, s.spread, s.from_profile, s.to_profile,
       case when s.to_profile is not null then r.roles end
from numbered n
join step s on s.portal_id = n.portal_id and s.plan_id = $2::bigint and s.position = $3::bigint
join plan_row r on r.portal_id = s.portal_id and r.plan_id = s.plan_id
    and r.position = s.position
on conflict (portal_id, plan_id, account_id, action) do nothing
