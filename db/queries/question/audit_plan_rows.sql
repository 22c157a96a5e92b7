-- What happened to each row of a plan, and who approved it: of an act by the time of it; of one that a later
-- plan carried out or tried, by the time at which a ruling about this row ended by that; else by now.
select r.position, r.action, r.account_id, r.username, r.email, r.name, r.rule, r.reason,
       r.not_before, r.held_by,
-- include approved_by
       as approved_by,
       s.state,
       to_char(s.intent_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as intent_at,
       to_char(s.outcome_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as outcome_at,
       to_char(s.verified_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as verified_at,
       s.reason as remark
from audit.plan_row r
left join audit.step s on s.portal_id = $1::bigint and s.plan_id = r.plan_id and s.position = r.position
cross join lateral (
    select r.plan_id, case when r.action <> 'keep' then r.account_id end as account_id,
           r.subject,
           coalesce(s.intent_at, s.outcome_at,
                    (select max(e.ended_at) from audit.ruling e
                     where e.portal_id = $1::bigint and e.account_id = r.account_id
                       and e.plan_id = r.plan_id and e.position = r.position
                       and e.decision = 'approve' and e.end_word in ('done', 'refused')),
                    now()) as at) x
where r.portal_id = $1::bigint and r.plan_id = $2::bigint
order by r.position
