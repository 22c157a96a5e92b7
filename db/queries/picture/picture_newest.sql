-- The newest plan over a whole list of accounts, and what it was made from.
select p.plan_id, p.snapshot_id, p.roster_id, us(p.created_at) as at, p.today::text as today,
       p.first_plan
from plan p
join snapshot s on s.portal_id = $1::bigint and s.snapshot_id = p.snapshot_id and s.complete
join roster r on r.portal_id = $1::bigint and r.roster_id = p.roster_id
where p.portal_id = $1::bigint
order by p.plan_id desc
limit 1
