-- What happened to each row of a plan.
select r.position, r.action, r.account_id, r.username, r.email, r.name, r.rule, r.reason,
       r.not_before, r.held_by,
       (select string_agg(distinct d.who, ', ' order by d.who)
        from audit.decision d
        where d.portal = r.portal and d.plan_id = r.plan_id and d.decision = 'approve'
          and r.action <> 'keep'
          and (d.all_rows or exists (
              select from audit.decision_row w
              where w.portal = d.portal and w.plan_id = d.plan_id and w.who = d.who
                and w.account_id = r.account_id))) as approved_by,
       s.state,
       to_char(s.intent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as intent_at,
       to_char(s.outcome_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as outcome_at,
       to_char(s.verified_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as verified_at,
       s.reason as remark
from audit.plan_row r
left join audit.step s on s.portal = r.portal and s.plan_id = r.plan_id and s.position = r.position
where r.portal = $1 and r.plan_id = $2::bigint
order by r.position
