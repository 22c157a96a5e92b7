-- What people decided about rows and accounts and which guards they let go, and what became of it, the
-- oldest first: since a moment, of one account, by one person (who decided or ended); NULL: whatever.
select to_char(d.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, d.who, d.decision,
       d.account_id, h.name, h.email, d.action, d.rule, d.until, d.reason,
       coalesce(d.end_word, 'stands') as end,
       to_char(d.ended_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as ended_at,
       d.ended_by, d.end_reason, d.plan_id, f.name as file, f.key
from (
    select r.at, r.ruling_id as number, r.who, r.decision, r.account_id, r.action, r.rule, r.until,
           r.reason, r.end_word, r.ended_at, r.ended_by, r.end_reason, r.plan_id, r.handed_in_id
    from audit.ruling r
    where r.portal_id = $1::bigint and (r.at >= $2::timestamptz or r.ended_at >= $2::timestamptz)
      and ($3::text is null or r.account_id = $3)
      and ($4::text is null or r.who = $4 or r.ended_by = $4)
    union all
    select a.at, a.acknowledgement_id, a.who, 'acknowledge ' || a.guard, null, null, null, null,
           a.reason, case when a.ended_at is not null then 'ended' end, a.ended_at, null,
           a.end_reason, a.plan_id, null
    from audit.acknowledgement a
    where a.portal_id = $1::bigint and (a.at >= $2::timestamptz or a.ended_at >= $2::timestamptz)
      and $3::text is null and ($4::text is null or a.who = $4)) d
left join audit.handed_in f on f.portal_id = $1::bigint and f.handed_in_id = d.handed_in_id
left join audit.account_history h on h.portal_id = $1::bigint and h.account_id = d.account_id
    and h.to_snapshot is null
order by d.at, d.account_id nulls first, d.number
