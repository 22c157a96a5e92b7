-- A plan is applied when nothing of it can still be done or settled. One of which only such rows were
-- done as need nobody's approval is open to approval as before: nobody's approval was used up.
update plan p set state = case
    when not exists (select from step s
                     where s.portal_id = p.portal_id and s.plan_id = p.plan_id
                       and s.state = 'planned')
         or exists (select from approval a
                    where a.portal_id = p.portal_id and a.plan_id = p.plan_id
                      and a.kind = 'approve')
    then 'applied'
    when exists (select from plan_guard g
                 where g.portal_id = p.portal_id and g.plan_id = p.plan_id and g.hold)
    then 'held'
    else 'proposed' end
where p.portal_id = $1::bigint and p.plan_id = $2::bigint and p.state = 'applying'
  and not exists (select from step s
                  where s.portal_id = p.portal_id and s.plan_id = p.plan_id
                    and s.state in ('approved', 'intent', 'unknown'))
