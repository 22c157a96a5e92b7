-- The last complete reading of this portal before this one, which did not have the accounts seen for the
-- first time (K4): readings that G14 held, and those of before a person adopted the portal, may be of
-- another one.
select us(max(b.taken_at))
from snapshot b
join portal o on o.portal_id = $1::bigint
where b.portal_id = $1::bigint and b.complete and b.snapshot_id < $2::bigint
  and b.snapshot_id > coalesce(o.adopted_snapshot_id, 0)
  and not exists (select 1 from plan p
                  join plan_guard g on g.portal_id = $1::bigint and g.plan_id = p.plan_id
                  where p.portal_id = $1::bigint and p.snapshot_id = b.snapshot_id
                    and g.guard = 'G14' and g.hold)
