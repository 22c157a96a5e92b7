-- The chain in its order, with what is personal about each event where it still is there. What is never NULL
-- and was made so is something else than it was, whatever it was; so is a moment that is none.
select coalesce(e.sequence, 0) as sequence, coalesce(e.version, -1) as version,
       case when isfinite(e.at) then e.at end as at, e.kind,
       coalesce(e.run_id, -1) as run_id, coalesce(e.plan_id, -1) as plan_id,
       coalesce(e.position, -1) as position, e.account_id,
       e.word, e.fact::text as fact, e.sealed, e.previous, e.hash,
       case when p.sequence is not null then coalesce(p.salt, '') end as salt, p.value
from audit_event e
left join audit_private p on p.portal_id = $1::bigint and p.sequence = e.sequence
where e.portal_id = $1::bigint
order by e.sequence
