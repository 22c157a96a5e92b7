-- The newest snapshot.
select us(taken_at) as taken_at, complete, accounts, active, inactive, gone
from snapshot
where portal_id = $1::bigint
order by snapshot_id desc
limit 1
