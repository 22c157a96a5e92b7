-- The chain in its order, with what is personal about each event where it still is there.
select e.sequence, e.version, us(e.at), e.kind, e.run_id, e.plan_id, e.position, e.account_id,
       e.word, e.fact::text, encode(e.sealed, 'hex'), encode(e.previous, 'hex'),
       encode(e.hash, 'hex'), encode(p.salt, 'hex'), p.value
from audit_event e
left join audit_private p on p.portal_id = e.portal_id and p.sequence = e.sequence
where e.portal_id = $1::bigint
order by e.sequence
