-- A plan as a whole.
select p.plan_id, p.state, to_char(p.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
       as created_at,
       to_char(p.expires_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as expires_at,
       to_char(p.redacted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as redacted_at,
       p.run_id, p.mode, encode(p.digest, 'hex') as digest, p.snapshot_id,
       p.roster_id, p.downgrade, p.suspend, p.deprovision, p.reactivate, p.restore,
       p.waiting, p.keep, p.seats_now, p.seats_after,
       (select string_agg(g.guard, ' ' order by g.position) from audit.guard g
        where g.portal_id = $1::bigint and g.plan_id = p.plan_id and g.hold) as held_by
from audit.plan p
where p.portal_id = $1::bigint and p.plan_id = $2::bigint
