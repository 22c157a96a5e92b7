-- What the rest of the history says against the chain. Rows that an erasure or a retention took away
-- are not missed when an event says that it did.
with chain as (
    select e.sequence, e.kind, e.run_id, e.plan_id, e.fact ->> 'digest' as digest,
           p.value::json ->> 'who' as who, p.sequence is not null as has_personal
    from audit_event e
    left join audit_private p on p.portal_id = e.portal_id and p.sequence = e.sequence
    where e.portal_id = $1::bigint and e.kind in ('run_begin', 'plan', 'approval', 'rejection')),
done as (
    select e.sequence, e.plan_id, e.position, e.account_id, e.fact ->> 'action' as action
    from audit_event e
    where e.portal_id = $1::bigint and e.kind = 'outcome' and e.word = 'done'),
first as (select min(run_id) as run_id from chain where kind = 'run_begin'),
erased as (
    select e.sequence as by, n::text::bigint as sequence
    from audit_event e, json_array_elements(e.fact -> 'events') n
    where e.portal_id = $1::bigint and e.kind in ('erasure', 'retention'))
select c.sequence, format('plan %s is not stored as it was made: its digest is another, or it is gone',
                          c.plan_id)
from chain c
where c.kind = 'plan' and not exists (
    select from plan p where p.portal_id = $1::bigint and p.plan_id = c.plan_id
      and encode(p.digest, 'hex') = c.digest)
union all
select a.sequence, format('what was approved is not plan %s as it was made: the digests differ',
                          a.plan_id)
from chain a
where a.kind = 'approval' and not exists (
    select from chain c where c.kind = 'plan' and c.plan_id = a.plan_id
      and c.sequence < a.sequence and c.digest = a.digest)
union all
select coalesce((select max(c.sequence) from chain c
                 where c.kind in ('approval', 'rejection') and c.plan_id = a.plan_id), 0),
       format('a decision (%s) about plan %s is stored that no event tells of, or is about another '
              'digest', a.kind, a.plan_id)
from approval a
join plan p on p.portal_id = a.portal_id and p.plan_id = a.plan_id
join first f on p.run_id >= f.run_id
where a.portal_id = $1::bigint
  and (a.digest <> p.digest or not exists (
    select from chain c
    where c.plan_id = a.plan_id
      and c.kind = case a.kind when 'approve' then 'approval' else 'rejection' end
      and (not c.has_personal or c.who = a.who)))
union all
select 0, format('act %s is stored, and no outcome tells of it', a.act_id)
from act a
join plan p on p.portal_id = a.portal_id and p.plan_id = a.plan_id
join first f on p.run_id >= f.run_id
where a.portal_id = $1::bigint and not exists (
    select from done d
    where d.plan_id = a.plan_id and d.account_id = a.account_id and d.action = a.action)
union all
select d.sequence, format('row %s of plan %s was done, and no act is stored', d.position, d.plan_id)
from done d
where not exists (
    select from act a
    where a.portal_id = $1::bigint and a.plan_id = d.plan_id and a.account_id = d.account_id
      and a.action = d.action)
union all
select 0, format('a call for row %s of plan %s is stored, and no intent tells of it', s.position,
                 s.plan_id)
from step s
join plan p on p.portal_id = s.portal_id and p.plan_id = s.plan_id
join first f on p.run_id >= f.run_id
where s.portal_id = $1::bigint and s.intent_at is not null and not exists (
    select from audit_event e
    where e.portal_id = $1::bigint and e.kind = 'intent' and e.plan_id = s.plan_id
      and e.position = s.position)
union all
select 0, format('run %s is stored, and no event tells that it began', r.run_id)
from run r
join first f on r.run_id >= f.run_id
where r.portal_id = $1::bigint and not exists (
    select from chain c where c.kind = 'run_begin' and c.run_id = r.run_id)
union all
select c.sequence, format('run %s began, and is not stored', c.run_id)
from chain c
where c.kind = 'run_begin' and not exists (
    select from run r where r.portal_id = $1::bigint and r.run_id = c.run_id)
union all
select c.sequence, format('names were taken away from plan %s, and no erasure tells of it', p.plan_id)
from plan p
join chain c on c.kind = 'plan' and c.plan_id = p.plan_id
where p.portal_id = $1::bigint and p.redacted_at is not null and not exists (
    select from audit_event e, json_array_elements(e.fact -> 'plans') n
    where e.portal_id = $1::bigint and e.kind in ('erasure', 'retention')
      and (n::text::bigint = p.plan_id
           or (e.kind = 'retention' and (e.fact ->> 'plan_rows')::bigint > 0)))
union all
select e.sequence, 'what is personal about it is gone, and no erasure tells of it'
from audit_event e
left join audit_private p on p.portal_id = e.portal_id and p.sequence = e.sequence
where e.portal_id = $1::bigint and e.sealed is not null and p.sequence is null
  and not exists (select from erased x where x.sequence = e.sequence and x.by > e.sequence)
union all
select p.sequence, 'something personal stands beside it that it does not seal'
from audit_private p
left join audit_event e on e.portal_id = p.portal_id and e.sequence = p.sequence
where p.portal_id = $1::bigint and e.sealed is null
order by 1, 2
