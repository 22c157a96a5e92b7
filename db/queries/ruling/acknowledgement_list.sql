-- Those that stand.
select acknowledgement_id, guard, plan_id, who, us(at) as at, reason, cause,
       coalesce(measure, -1) as measure
from acknowledgement
where portal_id = $1::bigint and ended_at is null
order by guard
