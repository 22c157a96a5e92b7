-- Plans of which the database can say that they do not show them, asked behind erase_plans, which
-- has just marked the others. One whose rows retention has taken away can say nothing.
select p.plan_id
from plan p
where p.portal_id = $1::bigint
  and p.redacted_at is distinct from $3::timestamptz
  and (p.redacted_at is null
       or exists (select from plan_row r
                  where r.portal_id = p.portal_id and r.plan_id = p.plan_id))
  and not exists (select from plan_row r
                  where r.portal_id = p.portal_id and r.plan_id = p.plan_id
                    and concat_ws(' ', r.username, r.email, r.name, r.employee_number, r.about,
                                  r.matched_number, r.matched_name, r.matched_email) ~* $2)
  and not exists (select from plan_guard g
                  where g.portal_id = p.portal_id and g.plan_id = p.plan_id
                    and (g.sentence ~* $2 or g.actual ~* $2))
