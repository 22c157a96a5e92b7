-- A plan whose time is over is applied as far as it will ever be, once nothing of it is open.
update plan p set state = 'applied'
where p.portal_id = $1::bigint and p.state = 'applying' and p.expires_at <= $2::timestamptz
  and not exists (select from step s
                  where s.portal_id = p.portal_id and s.plan_id = p.plan_id
                    and s.state in ('approved', 'intent', 'unknown'))
