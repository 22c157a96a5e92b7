-- Who decided what about a plan, overrides included, in the order of time.
select at, decision, who, reason, accounts
from (
    select d.decided_at as moment,
           to_char(d.decided_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
           d.decision, d.who, d.reason,
           case when d.all_rows then 'all' else
               (select count(*)::text from audit.decision_row w
                where w.portal_id = $1::bigint and w.plan_id = d.plan_id and w.who = d.who) end
               as accounts
    from audit.decision d where d.portal_id = $1::bigint and d.plan_id = $2::bigint
    union all
    select v.at, to_char(v.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
           'override ' || v.guard, v.who, v.reason, null
    from audit.override v where v.portal_id = $1::bigint and v.plan_id = $2::bigint
    union all
    select k.at, to_char(k.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
           'acknowledge ' || k.guard, k.who, k.reason, null
    from audit.acknowledgement k where k.portal_id = $1::bigint and k.plan_id = $2::bigint
    union all
    select min(r.at), to_char(min(r.at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
           r.decision, r.who, r.reason, count(*)::text
    from audit.ruling r where r.portal_id = $1::bigint and r.plan_id = $2::bigint
    group by r.at, r.decision, r.who, r.reason) d
order by moment, decision, who
