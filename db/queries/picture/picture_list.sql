-- Nights of which everything is there: of each day the last plan over a whole list of accounts, as long as
-- what it was made from was not thinned out. NULL: whatever day.
select distinct on (p.today) p.plan_id, p.snapshot_id, p.roster_id, us(p.created_at) as at,
       p.today::text as today, p.first_plan
from plan p
join snapshot s on s.portal_id = $1::bigint and s.snapshot_id = p.snapshot_id and s.complete
join roster r on r.portal_id = $1::bigint and r.roster_id = p.roster_id
where p.portal_id = $1::bigint and p.today >= coalesce($2::date, '-infinity')
  and p.today <= coalesce($3::date, 'infinity')
order by p.today, p.plan_id desc
