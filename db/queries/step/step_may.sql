-- Everything that may stand against an intent but the amounts (step_done): the step, its plan, a stop
-- row, how many people's approval of just this subject stands, whether somebody kept the account or
-- rejected the row since the plan was made, and whether an earlier call on it is open.
select s.state, s.account_id, s.action, s.to_profile, p.state as plan_state,
       (select format('stopped by %s since %s: %s', t.who,
                      to_char(t.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI" UTC"'), t.reason)
        from stop t where t.portal_id = $1::bigint order by t.since limit 1) as stopped_by,
       (select count(distinct a.who) from ruling a
        where a.portal_id = $1::bigint and a.account_id = s.account_id and a.kind = 'approve'
          and a.subject = r.subject and a.ended_at is null) as people,
       coalesce(r.approvals, 1) as needed,
       (select j.kind || ' by ' || j.who from ruling j
        where j.portal_id = $1::bigint and j.account_id = s.account_id and j.ended_at is null
          and j.until >= p.today
          and (j.kind = 'reject' and j.action = r.action and j.rule = r.rule
               or j.kind = 'keep' and j.at > p.created_at)
        order by j.ruling_id desc limit 1) as against,
       (select o.action from step o
        where o.portal_id = $1::bigint and o.account_id = s.account_id
          and o.state in ('intent', 'unknown')
          and (o.plan_id, o.position) <> (s.plan_id, s.position)
        order by o.intent_at limit 1) as open
from step s
join plan p on p.portal_id = $1::bigint and p.plan_id = s.plan_id
join plan_row r on r.portal_id = $1::bigint and r.plan_id = s.plan_id and r.position = s.position
where s.portal_id = $1::bigint and s.plan_id = $2::bigint and s.position = $3::bigint
for update of s
