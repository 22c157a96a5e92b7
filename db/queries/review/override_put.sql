-- Lets a plan pass a guard that holds it. The first person's reason stays; is_first says whether
-- this was it (a row that was only touched has an xmax).
insert into guard_override (portal_id, plan_id, guard, who, reason, at)
select distinct g.portal_id, g.plan_id, g.guard, $4, $5, $6::timestamptz
from plan_guard g
where g.portal_id = $1::bigint and g.plan_id = $2::bigint and g.guard = $3 and g.hold
on conflict (portal_id, plan_id, guard) do update set guard = excluded.guard
returning xmax = 0 as is_first
