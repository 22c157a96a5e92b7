-- Totals of the newest plan.
select downgrade, suspend, deprovision, reactivate, restore, waiting, findings, seats_after
from plan
where portal_id = $1::bigint
order by plan_id desc
limit 1
