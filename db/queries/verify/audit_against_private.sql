-- What is personal stands beside the chain: what is gone was erased, and nothing is there that no event
-- seals.
with erased as (
    select e.sequence as by, n.value as sequence
    from audit_event e
    cross join lateral json_array_elements_text(
        case when json_typeof(e.fact -> 'events') = 'array' then e.fact -> 'events'
             else '[]' end) n(value)
    where e.portal_id = $1::bigint and e.kind in ('erasure', 'retention'))
select e.sequence, 'what is personal about it is gone, and no erasure tells of it' as sentence
from audit_event e
left join audit_private p on p.portal_id = $1::bigint and p.sequence = e.sequence
where e.portal_id = $1::bigint and e.sealed is not null and p.sequence is null
  and not exists (select 1 from erased x where x.sequence = e.sequence::text and x.by > e.sequence)
union all
select p.sequence, 'something personal stands beside it that it does not seal'
from audit_private p
left join audit_event e on e.portal_id = $1::bigint and e.sequence = p.sequence
where p.portal_id = $1::bigint and e.sealed is null
order by 1, 2
