-- What was done, or may have been, since a moment; with who had approved it by then.
select to_char(s.intent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, s.action,
       s.account_id, r.username, r.email, r.name, r.rule, r.reason, s.state, s.http_status,
       s.reason as remark, s.plan_id,
-- include approved_by
       as approved_by
from audit.step s
join audit.plan_row r on r.portal_id = $1::bigint and r.plan_id = s.plan_id and r.position = s.position
cross join lateral (
    select s.plan_id, s.account_id, r.subject, s.intent_at as at) x
where s.portal_id = $1::bigint and s.intent_at >= $2::timestamptz
order by s.intent_at, s.plan_id, s.position
