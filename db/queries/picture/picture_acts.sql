-- What was done since a plan was made, the newest act of each account last.
select account_id, action, to_profile
from step
where portal_id = $1::bigint and plan_id >= $2::bigint
  and state in ('done', 'verified', 'already')
order by plan_id, position
