-- What was done, or may have been, since a moment; with who approved it.
select to_char(s.intent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, s.action,
       s.account_id, r.username, r.email, r.name, r.rule, r.reason, s.state, s.http_status,
       s.reason as remark, s.plan_id,
       (select string_agg(distinct d.who, ', ' order by d.who)
        from audit.decision d
        where d.portal = s.portal and d.plan_id = s.plan_id and d.decision = 'approve'
          and (d.all_rows or exists (
              select from audit.decision_row w
              where w.portal = d.portal and w.plan_id = d.plan_id and w.who = d.who
                and w.account_id = s.account_id))) as approved_by
from audit.step s
join audit.plan_row r on r.portal = s.portal and r.plan_id = s.plan_id and r.position = s.position
where s.portal = $1 and s.intent_at >= $2::timestamptz
order by s.intent_at, s.plan_id, s.position
