-- The portal's name and who it is: as the chain tells of it? And is every act stored that was carried
-- over from another name?
with event as (
    select e.sequence, e.kind, e.word, e.fact
    from audit_event e
    where e.portal_id = $1::bigint and e.kind in ('portal', 'identity')),
named as (
    select sequence, case kind when 'portal' then word else fact ->> 'name' end as name
    from event
    where kind = 'portal' or word in ('renamed', 'set_aside')
    order by sequence desc limit 1),
known as (
    select sequence, fact ->> 'host' as host, fact ->> 'own_id' as own_id,
           fact ->> 'goes_on_in' as goes_on_in
    from event where kind = 'identity'
    order by sequence desc limit 1),
carried as (
    select e.sequence, c.value ->> 0 as act_id, c.value ->> 1 as account_id,
           c.value ->> 2 as action, c.value ->> 3 as done_us
    from event e
    cross join lateral json_array_elements(
        case when json_typeof(e.fact -> 'acts') = 'array' then e.fact -> 'acts' else '[]' end) c(value)
    where e.kind = 'identity')
select n.sequence, format('the portal is stored as ''%s'', and was recorded as ''%s''', p.name, n.name)
    as sentence
from portal p
cross join named n
where p.portal_id = $1::bigint and coalesce(p.name, '') <> n.name
union all
select coalesce(k.sequence, 0),
       format('who the portal is is not stored as it was recorded: %s',
              concat_ws(', ', case when p.host is distinct from k.host then 'host' end,
                        case when p.own_id is distinct from k.own_id then 'own_id' end,
                        case when p.goes_on_in::text is distinct from k.goes_on_in
                             then 'goes_on_in' end))
from portal p
left join known k on true
where p.portal_id = $1::bigint
  and (p.host, p.own_id, p.goes_on_in::text) is distinct from (k.host, k.own_id, k.goes_on_in)
union all
select c.sequence, format('act %s is not stored as it was carried over', c.act_id)
from carried c
left join act a on a.portal_id = $1::bigint and a.act_id::text = c.act_id
where (a.account_id, a.action, checked_us(a.done_at)::text)
      is distinct from (c.account_id, c.action, c.done_us)
order by 1, 2
