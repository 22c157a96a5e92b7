-- What people decided: is each approval, rejection and override stored as the chain tells of it? Who
-- was erased has a random word in the tables and none in the chain: the time tells whose event is whose.
with event as (
    select e.sequence, e.kind, e.plan_id, e.word, e.fact,
           case when e.sealed = sha256(p.salt || convert_to(p.value, 'UTF8'))
                then p.value::json end as personal
    from audit_event e
    left join audit_private p on p.portal_id = $1::bigint and p.sequence = e.sequence
    where e.portal_id = $1::bigint and e.kind in ('plan', 'approval', 'rejection', 'override')),
first as (
    select coalesce(min(run_id), 9223372036854775807) as run_id from audit_event
    where portal_id = $1::bigint and kind = 'run_begin'),
-- Deciding again replaces the decision of that person.
newest as (
    select distinct on (plan_id, kind, who) sequence, kind, plan_id, word, fact, personal, who
    from (select e.*, personal ->> 'who' as who from event e where kind in ('approval', 'rejection')) e
    where who is not null
    order by plan_id, kind, who, sequence desc),
stored as (
    select a.*, case a.kind when 'approve' then 'approval' else 'rejection' end as event_kind,
           (select string_agg(r.account_id, ' ' order by r.account_id collate "C")
            from approval_row r
            where r.portal_id = $1::bigint and r.plan_id = a.plan_id and r.who = a.who
              and a.kind = 'approve') as accounts
    from approval a
    where a.portal_id = $1::bigint),
paired as (
    select n.sequence, n.kind, n.plan_id, n.word, n.fact, n.personal, s.who as stored_who,
           s.decided_at, s.all_rows, s.digest, s.reason, s.accounts
    from newest n
    left join stored s on s.plan_id = n.plan_id and s.event_kind = n.kind and s.who = n.who
    union all
    select e.sequence, e.kind, e.plan_id, e.word, e.fact, e.personal, s.who, s.decided_at,
           s.all_rows, s.digest, s.reason, s.accounts
    from stored s
    join event e on e.plan_id = s.plan_id and e.kind = s.event_kind and e.personal is null
        and checked_us(s.decided_at)::text = e.fact ->> 'decided_us'
    where s.who like 'erased:%')
select p.sequence,
       format(case when p.stored_who is null then 'the %s of plan %s is not stored any more, or as '
                                                  'somebody else''s'
                   else 'the %s of plan %s is not stored as it was made: %s' end, p.kind, p.plan_id,
              d.other) as sentence
from paired p
cross join lateral (
    select concat_ws(', ', case when coalesce(checked_us(p.decided_at)::text, '') <> p.fact ->> 'decided_us'
                                then 'decided_at' end,
                     case when p.kind = 'approval' and p.all_rows is distinct from (p.word = 'all')
                          then 'all_rows' end,
                     case when coalesce(encode(p.digest, 'hex'), '') <> p.fact ->> 'digest' then 'digest' end,
                     case when p.personal is not null
                               and p.reason is distinct from p.personal ->> 'reason'
                          then 'reason' end,
                     case when p.word = 'some' and p.accounts is distinct from (
                              select string_agg(distinct v collate "C", ' ' order by v collate "C")
                              from json_array_elements_text(
                                  case when json_typeof(p.fact -> 'accounts') = 'array'
                                       then p.fact -> 'accounts' else '[]' end) v)
                          then 'accounts' end) as other) d
where p.stored_who is null or d.other <> ''
union all
select a.sequence, format('what was approved is not plan %s as it was made: the digests differ',
                          a.plan_id)
from event a
where a.kind = 'approval' and not exists (
    select 1 from event e
    where e.kind = 'plan' and e.plan_id = a.plan_id and e.sequence < a.sequence
      and e.fact ->> 'digest' = a.fact ->> 'digest')
  and not exists (
    select 1 from plan p cross join first f
    where p.portal_id = $1::bigint and p.plan_id = a.plan_id and p.run_id < f.run_id
      and encode(p.digest, 'hex') = a.fact ->> 'digest')
union all
select coalesce((select max(e.sequence) from event e
                 where e.kind = s.event_kind and e.plan_id = s.plan_id), 0),
       format('a decision (%s) about plan %s is stored that no event tells of, or is about another '
              'digest', s.kind, s.plan_id)
from stored s
join plan p on p.portal_id = $1::bigint and p.plan_id = s.plan_id
join first f on p.run_id >= f.run_id
where s.digest is distinct from p.digest or not exists (
    select 1 from event e
    where e.plan_id = s.plan_id and e.kind = s.event_kind
      and (e.personal ->> 'who' = s.who or (e.personal is null and s.who like 'erased:%')))
union all
select e.sequence, format('the override of %s for plan %s is not stored as it was made: %s', e.word,
                          e.plan_id, d.other)
from event e
left join guard_override o on o.portal_id = $1::bigint and o.plan_id = e.plan_id
    and o.guard = e.word
cross join lateral (
    select case when o.guard is null then 'it is gone' else concat_ws(', ',
               case when coalesce(checked_us(o.at)::text, '') <> e.fact ->> 'decided_us' then 'at' end,
               case when coalesce(o.who, '') <> e.personal ->> 'who' then 'who' end,
               case when coalesce(o.reason, '') <> e.personal ->> 'reason' then 'reason' end)
           end as other) d
where e.kind = 'override' and d.other <> ''
union all
select 0, format('an override of %s for plan %s is stored, and no event tells of it', o.guard,
                 o.plan_id)
from guard_override o
join plan p on p.portal_id = $1::bigint and p.plan_id = o.plan_id
join first f on p.run_id >= f.run_id
where o.portal_id = $1::bigint and not exists (
    select 1 from event e
    where e.kind = 'override' and e.plan_id = o.plan_id and e.word = o.guard)
order by 1, 2
