-- Readings the chain tells of, and why one cannot be made again from the versions: it was thinned out,
-- it did not see everything, or somebody in it was erased since. Thinning and erasing are compared with
-- their events elsewhere; a reading of before an event told of its content is left out.
with event as (
    select e.sequence, e.kind, e.word, e.fact from audit_event e
    where e.portal_id = $1::bigint and e.kind in ('snapshot', 'roster', 'erasure', 'retention')),
erased as (
    select e.sequence, a.account_no
    from event e
    cross join lateral json_array_elements_text(
        case when json_typeof(e.fact -> 'accounts') = 'array' then e.fact -> 'accounts'
             else '[]' end) n(account_id)
    join account a on a.portal_id = $1::bigint and a.account_id = n.account_id
    where e.kind in ('erasure', 'retention'))
select e.sequence, e.kind, s.snapshot_id as id, e.fact ->> 'digest' as digest,
       e.fact ->> 'classes' as classes,
       s.thinned_at is null and s.complete and e.fact ->> 'nameless' = '0'
       and not exists (
           select 1 from erased x
           join account_version v on v.portal_id = $1::bigint and v.account_no = x.account_no
               and v.valid_from <= s.snapshot_id
               and (v.valid_to is null or v.valid_to > s.snapshot_id)
           where x.sequence > e.sequence) as can
from event e
join snapshot s on s.portal_id = $1::bigint and s.snapshot_id::text = e.fact ->> 'snapshot'
where e.kind = 'snapshot'
union all
select e.sequence, e.kind, r.roster_id, e.fact ->> 'content', null,
       e.fact ->> 'content' is not null
       and not (exists (select 1 from event x
                        where x.kind in ('erasure', 'retention') and x.sequence > e.sequence)
                and exists (select 1 from person_version v
                            where v.portal_id = $1::bigint and v.person_key like 'erased:%'
                              and v.valid_from <= r.roster_id
                              and (v.valid_to is null or v.valid_to > r.roster_id)))
from event e
join roster r on r.portal_id = $1::bigint and r.roster_id::text = e.fact ->> 'roster'
where e.kind = 'roster'
order by sequence
