-- Plans that the chain tells of and that are there: each must still say what it said.
select e.sequence, e.plan_id
from audit_event e
join plan p on p.portal_id = $1::bigint and p.plan_id = e.plan_id
where e.portal_id = $1::bigint and e.kind = 'plan'
order by e.sequence
