-- The rulings that an act uses up: the approvals of just what its row is about, and what let R8 go.
select r.ruling_id
from plan_row p
join ruling r on r.portal_id = $1::bigint and r.account_id = p.account_id and r.ended_at is null
    and (r.kind = 'approve' and r.subject = p.subject or r.kind = 'again')
where p.portal_id = $1::bigint and p.plan_id = $2::bigint and p.position = $3::bigint
order by r.ruling_id
