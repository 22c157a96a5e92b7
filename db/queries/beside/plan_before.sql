-- What a plan (0: the newest) is compared with: the newest earlier one that a person decided about a row
-- of, else the one before. Rows that were taken away by age cannot be compared with; whether there is one is
-- looked up, where 'exists' would gather the plans of all rows.
select p.plan_id, p.today::text as today, r.decided, n.plan_id as later_id
from (select coalesce(nullif($2::bigint, 0), max(plan_id)) as plan_id
      from plan where portal_id = $1::bigint) n
join plan p on p.portal_id = $1::bigint and p.plan_id < n.plan_id,
     lateral (select exists (select 1 from ruling g
                             where g.portal_id = $1::bigint and g.plan_id = p.plan_id) as decided) r
where p.rows = 0 or (select true from plan_row w
                     where w.portal_id = $1::bigint and w.plan_id = p.plan_id limit 1)
order by r.decided desc, p.plan_id desc
limit 1
