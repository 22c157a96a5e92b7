-- What may stand against deciding on a plan: its state, its time, its digest, and the guards that
-- hold it and were not overridden.
select p.state, us(p.expires_at) as expires_at, encode(p.digest, 'hex') as digest,
       (select string_agg(g.guard, ', ' order by g.position)
        from plan_guard g
        where g.portal_id = p.portal_id and g.plan_id = p.plan_id and g.hold
          and not exists (select from guard_override o
                          where o.portal_id = g.portal_id and o.plan_id = g.plan_id
                            and o.guard = g.guard)) as held_by
from plan p
where p.portal_id = $1::bigint and p.plan_id = $2::bigint
for update
