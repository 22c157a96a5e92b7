-- What was done, or may have been, since a moment; with who approved it (as step_list
-- says).
select to_char(s.intent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, s.action,
       s.account_id, r.username, r.email, r.name, r.rule, r.reason, s.state, s.http_status,
       s.reason as remark, s.plan_id,
       (select string_agg(distinct w.who, ', ' order by w.who)
        from (select g.who from audit.ruling g
              where g.portal = s.portal and g.account_id = s.account_id and g.decision = 'approve'
                and g.subject = r.subject and g.at <= s.intent_at
                and (g.ended_at is null or g.ended_at >= s.intent_at)
              union all
              select d.who from audit.decision d
              where d.portal = s.portal and d.plan_id = s.plan_id and d.decision = 'approve'
                and d.decided_at <= s.intent_at
                and (d.all_rows or exists (
                    select 1 from audit.decision_row n
                    where n.portal = d.portal and n.plan_id = d.plan_id and n.who = d.who
                      and n.account_id = s.account_id))) w) as approved_by
from audit.step s
join audit.plan_row r on r.portal = s.portal and r.plan_id = s.plan_id and r.position = s.position
where s.portal = $1 and s.intent_at >= $2::timestamptz
order by s.intent_at, s.plan_id, s.position
