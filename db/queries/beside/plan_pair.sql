-- Two plans in their order, as their comparison begins.
select p.plan_id, p.today as day, p.state, p.downgrade, p.suspend, p.deprovision, p.reactivate,
       p.restore, p.findings,
       p.seats_now, p.seats_after, encode(p.digest, 'hex') as digest
from plan p
where p.portal_id = $1::bigint and p.plan_id in ($2::bigint, $3::bigint)
order by p.plan_id
