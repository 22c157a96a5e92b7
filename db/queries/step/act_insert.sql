-- The act of a step that is done, once: numbered by the portal's counter. (What is inserted is made up first:
-- a server that has only this portal's rows cannot ask for them in the midst of it.)
with numbered as (
    update portal set last_act_id = last_act_id + 1 where portal_id = $1::bigint
    returning last_act_id),
made as materialized (
    select n.last_act_id, s.account_id, s.action, s.plan_id, r.rule, s.person_status, s.spread,
           s.from_profile, s.to_profile, case when s.to_profile is not null then r.roles end as from_roles
    from step s
    join plan_row r on r.portal_id = $1::bigint and r.plan_id = s.plan_id
        and r.position = s.position
    cross join numbered n
    where s.portal_id = $1::bigint and s.plan_id = $2::bigint and s.position = $3::bigint
    offset 0)
insert into act (portal_id, act_id, account_id, action, done_at, plan_id, rule, person_status,
                 uncounted, from_profile, to_profile, from_roles)
select $1::bigint, m.last_act_id, m.account_id, m.action, $4::timestamptz, m.plan_id, m.rule,
       m.person_status, m.spread, m.from_profile, m.to_profile, m.from_roles
from made m
on conflict (portal_id, plan_id, account_id, action) do nothing
