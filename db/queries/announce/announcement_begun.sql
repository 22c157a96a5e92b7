-- Of announcements that are asked for, those that stand already: begun by the same plan, or a later one.
-- Place: of the one asked for, from 0.
select x.place - 1 as place, a.announcement_id
from unnest($2::text[], $3::text[], $4::bigint[]) with ordinality x(account_id, rule, plan_id, place)
join announcement a on a.portal_id = $1::bigint and a.account_id = x.account_id and a.rule = x.rule
    and a.ended_on is null and a.plan_id >= x.plan_id
