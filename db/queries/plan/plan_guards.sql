-- The guard findings of a plan in their order, with who let each of them go: for this plan, or after it
-- for as long as that stands.
select g.guard, g.hold, g.limit_text, g.actual, g.sentence, g.cause, g.measure,
       coalesce(k.acknowledgement_id, 0) as acknowledgement_id, k.who as let_go_by,
       k.reason as let_go_reason,
       ((k.at at time zone coalesce(p.time_zone, 'UTC'))::date + 7)::text as let_go_until
from plan_guard g
join plan p on p.portal_id = $1::bigint and p.plan_id = g.plan_id
left join acknowledgement k on k.portal_id = $1::bigint
    and (k.acknowledgement_id = g.acknowledgement_id
         or (g.hold and k.plan_id = g.plan_id and k.guard = g.guard and k.ended_at is null))
where g.portal_id = $1::bigint and g.plan_id = $2::bigint
order by g.position
