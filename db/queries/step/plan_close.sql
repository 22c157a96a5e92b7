-- A plan is applied when nothing of it can still be done or settled. 0: whichever plan.
update plan p set state = 'applied'
where p.portal_id = $1::bigint and $2::bigint in (0, p.plan_id) and p.state = 'applying'
  and not exists (select 1 from step s
                  where s.portal_id = $1::bigint and s.plan_id = p.plan_id
                    and s.state in ('approved', 'intent', 'unknown'))
