-- Plans and what guards found: is each stored as the chain tells of it? Rows that an erasure or a
-- retention took away are not missed when an event says that it did; older retentions only counted.
with event as (
    select e.sequence, e.kind, e.run_id, e.plan_id, e.position, e.word, e.fact,
           case when e.sealed = sha256(p.salt || convert_to(p.value, 'UTF8'))
                then p.value::json end as personal
    from audit_event e
    left join audit_private p on p.portal_id = $1::bigint and p.sequence = e.sequence
    where e.portal_id = $1::bigint
      and e.kind in ('plan', 'guard', 'rejection', 'erasure', 'retention')),
made as (select * from event where kind = 'plan'),
rejected as (select plan_id from event where kind = 'rejection'),
first as (
    select min(run_id) as run_id from audit_event
    where portal_id = $1::bigint and kind = 'run_begin'),
taken as (
    select e.kind, k.key, n.value
    from event e
    cross join (values ('plans'), ('rows_of'), ('thinned')) k(key)
    cross join lateral json_array_elements_text(
        case when json_typeof(e.fact -> k.key) = 'array' then e.fact -> k.key
             else '[]' end) n(value)
    where e.kind in ('erasure', 'retention')),
counted as (
    select coalesce(bool_or(fact ->> 'plan_rows' <> '0'), false) as rows,
           coalesce(bool_or(fact ->> 'snapshots' <> '0'), false) as snapshots
    from event where kind = 'retention' and fact -> 'rows_of' is null),
compared as (
    select e.sequence, format('plan %s', e.plan_id) as thing, p.plan_id is null as is_gone,
           concat_ws(', ', case when p.run_id is distinct from e.run_id then 'run_id' end,
                     case when encode(p.digest, 'hex') is distinct from e.fact ->> 'digest'
                          then 'its digest is another' end,
                     case when checked_us(p.created_at)::text is distinct from e.fact ->> 'created_us'
                          then 'created_at' end,
                     case when e.fact ->> 'today' is not null
                               and checked_us(p.expires_at)::text is distinct from e.fact ->> 'expires_us'
                          then 'expires_at' end,
                     case when coalesce(p.today::text, '') <> e.fact ->> 'today' then 'today' end,
                     case when p.snapshot_id::text is distinct from e.fact ->> 'snapshot'
                          then 'snapshot_id' end,
                     case when p.snapshot_taken_at is distinct from coalesce(s.taken_at, p.snapshot_taken_at)
                          then 'snapshot_taken_at' end,
                     case when p.snapshot_digest is distinct from coalesce(s.digest, p.snapshot_digest)
                          then 'snapshot_digest' end,
                     case when p.roster_id::text is distinct from e.fact ->> 'roster'
                          then 'roster_id' end,
                     case when p.roster_digest is distinct from coalesce(r.digest, p.roster_digest)
                          then 'roster_digest' end,
                     case when encode(p.policy_digest, 'hex') is distinct from e.fact ->> 'policy'
                          then 'policy_digest' end,
                     case when p.enforce is distinct from (e.fact ->> 'mode' = 'enforce')
                          then 'enforce' end,
                     case when coalesce(p.keep::text, '') <> e.fact ->> 'keep' then 'keep' end,
                     case when p.suspend::text is distinct from e.fact ->> 'suspend'
                          then 'suspend' end,
                     case when p.deprovision::text is distinct from e.fact ->> 'deprovision'
                          then 'deprovision' end,
                     case when p.reactivate::text is distinct from e.fact ->> 'reactivate'
                          then 'reactivate' end,
                     case when p.downgrade::text is distinct from coalesce(e.fact ->> 'downgrade', '0')
                          then 'downgrade' end,
                     case when p.restore::text is distinct from coalesce(e.fact ->> 'restore', '0')
                          then 'restore' end,
                     case when coalesce(p.waiting::text, '') <> e.fact ->> 'waiting'
                          then 'waiting' end,
                     case when coalesce(p.findings::text, '') <> e.fact ->> 'findings'
                          then 'findings' end,
                     case when coalesce(p.seats_now::text, '') <> e.fact ->> 'seats_now'
                          then 'seats_now' end,
                     case when coalesce(p.seats_after::text, '') <> e.fact ->> 'seats_after'
                          then 'seats_after' end,
                     case when (p.state = 'rejected') is distinct from exists (
                              select 1 from rejected j where j.plan_id = e.plan_id)
                          then 'state' end) as other
    from made e
    left join plan p on p.portal_id = $1::bigint and p.plan_id = e.plan_id
    left join snapshot s on s.portal_id = $1::bigint and s.snapshot_id = p.snapshot_id
    left join roster r on r.portal_id = $1::bigint and r.roster_id = p.roster_id
    union all
    select e.sequence, format('guard finding %s of plan %s', e.position, e.plan_id),
           g.position is null,
           concat_ws(', ', case when g.guard is distinct from e.fact ->> 'guard' then 'guard' end,
                     case when g.hold is distinct from (e.word = 'hold') then 'hold' end,
                     case when e.personal is not null
                               and g.limit_text is distinct from e.personal ->> 'limit'
                          then 'limit_text' end,
                     case when e.personal is not null
                               and g.actual is distinct from e.personal ->> 'actual'
                          then 'actual' end,
                     case when e.personal is not null
                               and g.sentence is distinct from e.personal ->> 'sentence'
                          then 'sentence' end)
    from event e
    left join plan_guard g on g.portal_id = $1::bigint and g.plan_id = e.plan_id
        and g.position = e.position
    where e.kind = 'guard')
select sequence, format(case when is_gone then '%s is not stored any more'
                             else '%s is not stored as it was made: %s' end, thing, other) as sentence
from compared
where is_gone or other <> ''
union all
select 0, format('plan %s is stored, and no event tells of it', p.plan_id)
from plan p
join first f on coalesce(p.run_id >= f.run_id, p.run_id is null)
where p.portal_id = $1::bigint and not exists (
    select 1 from made e where e.plan_id = p.plan_id)
union all
select 0, format('rows of plan %s are stored, and there is no such plan', o.plan_id)
from (select distinct r.plan_id from plan_row r where r.portal_id = $1::bigint) o
where not exists (select 1 from plan p where p.portal_id = $1::bigint and p.plan_id = o.plan_id)
  and not exists (select 1 from made e where e.plan_id = o.plan_id)
union all
select e.sequence, format('guard finding %s of plan %s is stored, and no event tells of it',
                          g.position, g.plan_id)
from plan_guard g
join made e on e.plan_id = g.plan_id
where g.portal_id = $1::bigint and not exists (
    select 1 from event o
    where o.kind = 'guard' and o.plan_id = g.plan_id and o.position = g.position)
union all
select e.sequence, format('names were taken away from plan %s, and no erasure tells of it', p.plan_id)
from plan p
join made e on e.plan_id = p.plan_id
cross join counted c
where p.portal_id = $1::bigint and p.redacted_at is not null and not c.rows and not exists (
    select 1 from taken t where t.key in ('plans', 'rows_of') and t.value = p.plan_id::text)
union all
select 0, format('snapshot %s was thinned out, and no retention tells of it', s.snapshot_id)
from snapshot s
cross join counted c
where s.portal_id = $1::bigint and s.thinned_at is not null and not c.snapshots and not exists (
    select 1 from taken t where t.key = 'thinned' and t.value = s.snapshot_id::text)
order by 1, 2
