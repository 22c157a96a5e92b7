-- Everything that may stand against an intent. Of acts of its class: those of this plan, and those of
-- all plans since a moment; calls that nobody can tell the outcome of always count. $6 is the guard of
-- the class: whoever overrode it for the plan allowed any number.
select s.state, s.account_id, s.action, p.state as plan_state, us(p.expires_at) as expires_at,
       (select format('stopped by %s since %s: %s', t.who,
                      to_char(t.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI" UTC"'), t.reason)
        from stop t where t.portal_id = s.portal_id order by t.since limit 1) as stopped_by,
       (select count(*) from step c
        where c.portal_id = s.portal_id and c.plan_id = s.plan_id and c.action = s.action
          and c.state in ('intent', 'unknown', 'done', 'verified')) as in_plan,
       (select count(*) from act a
        where a.portal_id = s.portal_id and a.action = s.action
          and a.done_at > $4::timestamptz - make_interval(days => $5::integer))
       + (select count(*) from step c
          where c.portal_id = s.portal_id and c.action = s.action
            and c.state in ('intent', 'unknown')) as in_window,
       exists (select from guard_override o
               where o.portal_id = s.portal_id and o.plan_id = s.plan_id
                 and o.guard = $6) as overridden
from step s
join plan p using (portal_id, plan_id)
where s.portal_id = $1::bigint and s.plan_id = $2::bigint and s.position = $3::bigint
for update of s
