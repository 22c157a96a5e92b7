-- What a plan is compared with: the newest earlier one that a person decided about a row of, else the one
-- before. Rows that were taken away by age cannot be compared with.
select p.plan_id, p.today::text as today, r.decided
from plan p,
     lateral (select exists (select from ruling g
                             where g.portal_id = p.portal_id and g.plan_id = p.plan_id) as decided) r
where p.portal_id = $1::bigint and p.plan_id < $2::bigint
  and (p.rows = 0 or exists (select from plan_row w
                             where w.portal_id = p.portal_id and w.plan_id = p.plan_id))
order by r.decided desc, p.plan_id desc
limit 1
