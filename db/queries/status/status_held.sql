-- Guards that hold the newest plan, each with the first plan of the unbroken row of plans it held.
select g.guard, g.sentence, g.limit_text, g.actual, g.cause,
       us((select min(p.created_at)
           from plan p
           join plan_guard h on h.portal_id = $1::bigint and h.plan_id = p.plan_id
           where p.portal_id = $1::bigint and h.guard = g.guard
             and p.plan_id > coalesce((select max(n.plan_id) from plan_guard n
                                       where n.portal_id = $1::bigint and n.guard = g.guard
                                         and not n.hold), 0))) as since
from plan_guard g
where g.portal_id = $1::bigint and g.hold
  and g.plan_id = (select max(plan_id) from plan where portal_id = $1::bigint)
order by g.position
