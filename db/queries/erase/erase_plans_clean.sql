-- Plans of which the database can say that they do not show them, asked behind erase_plans, which
-- has just marked the others. One whose rows retention has taken away can say nothing. What people
-- decided and what became of acts is shown beside the rows, though it is no part of the plan. $2 is the
-- pattern for what people write, $4 that for our own sentences.
select p.plan_id
from plan p
where p.portal_id = $1::bigint
  and p.redacted_at is distinct from $3::timestamptz
  and (p.redacted_at is null
       or exists (select 1 from plan_row r
                  where r.portal_id = $1::bigint and r.plan_id = p.plan_id))
  and not exists (select 1 from plan_row r
                  where r.portal_id = $1::bigint and r.plan_id = p.plan_id
                    and (concat_ws(' ', r.about, r.rule, r.matched_by, r.profile, r.roles,
                                   r.department) ~* $4
                         or exists (select 1 from unnest(array[r.username, r.email, r.name,
                                                             r.employee_number, r.matched_number,
                                                             r.matched_name, r.matched_email])
                                                as own (field)
                                    where own.field ~* $2)))
  and not exists (select 1 from plan_row r
                  where r.portal_id = $1::bigint and r.plan_id = p.plan_id
                    and r.account_id in
                        (select d.account_id from ruling d
                         where d.portal_id = $1::bigint
                           and concat_ws(' ', d.who, d.reason, d.about, d.end_reason,
                                         d.ended_by) ~* $2))
  and not exists (select 1 from step s
                  where s.portal_id = $1::bigint and s.plan_id = p.plan_id and s.reason ~* $4)
  and not exists (select 1 from plan_guard g
                  where g.portal_id = $1::bigint and g.plan_id = p.plan_id
                    and concat_ws(' ', g.limit_text, g.actual, g.sentence, g.cause) ~* $4)
  and not exists (select 1 from acknowledgement k
                  where k.portal_id = $1::bigint
                    and concat_ws(' ', k.who, k.reason, k.cause, k.end_reason) ~* $2
                    and (k.plan_id = p.plan_id
                         or k.acknowledgement_id in
                            (select g.acknowledgement_id from plan_guard g
                             where g.portal_id = $1::bigint and g.plan_id = p.plan_id)))
  and not exists (select 1 from guard_override o
                  where o.portal_id = $1::bigint and o.plan_id = p.plan_id
                    and concat_ws(' ', o.who, o.reason) ~* $2)
  and not exists (select 1 from approval a
                  where a.portal_id = $1::bigint and a.plan_id = p.plan_id
                    and concat_ws(' ', a.who, a.reason) ~* $2)
