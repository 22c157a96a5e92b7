-- What people decided, and what ended, after the earlier plan was made and until the later one was.
select to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at, r.who,
       r.kind as decision, r.plan_id, r.account_id, v.email, v.name, r.action,
       nullif(r.rule, '') as rule, r.until, coalesce(r.end_word, 'stands') as end, r.ended_by,
       coalesce(r.reason, r.end_reason) as reason
from plan p
join plan q on q.portal_id = $1::bigint and q.plan_id = $3::bigint
join ruling r on r.portal_id = $1::bigint
    and (r.at > p.created_at and r.at <= q.created_at
         or r.ended_at > p.created_at and r.ended_at <= q.created_at)
left join account a on a.portal_id = $1::bigint and a.account_id = r.account_id
left join account_version v on v.portal_id = $1::bigint and v.account_no = a.account_no
    and v.valid_to is null
where p.portal_id = $1::bigint and p.plan_id = $2::bigint
order by r.at, r.ruling_id
