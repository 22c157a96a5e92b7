-- The chain in its order, with what is personal about each event where it still is there.
select e.sequence, e.version, us(e.at) as at, e.kind, e.run_id, e.plan_id, e.position, e.account_id,
       e.word, e.fact::text as fact, encode(e.sealed, 'hex') as sealed,
       encode(e.previous, 'hex') as previous, encode(e.hash, 'hex') as hash,
       encode(p.salt, 'hex') as salt, p.value
from audit_event e
left join audit_private p on p.portal_id = $1::bigint and p.sequence = e.sequence
where e.portal_id = $1::bigint
order by e.sequence
