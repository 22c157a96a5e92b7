-- Whether the chain has this very event, whether one that was set aside for it has, and where it ends.
with place as (
    select e.portal_id <> $1::bigint as is_aside
    from audit_event e
    join portal p on p.portal_id = e.portal_id
    where (p.portal_id = $1::bigint or p.goes_on_in = $1::bigint)
      and e.sequence = $2::bigint and e.hash = decode($3, 'hex'))
select exists (select 1 from place where not is_aside) as has,
       exists (select 1 from place where is_aside) as aside,
       coalesce((select sequence from audit_head where portal_id = $1::bigint), 0) as ends_at
