-- What other thresholds would have done when a plan was made, by threshold.
select days, acts, seats, idle, unread, later, held, kept
from plan_curve
where portal_id = $1::bigint and plan_id = $2::bigint
order by position
