-- Steps and acts: is each what the last events about it say, and was nothing called that too few people
-- had approved by then, or that a guard held? Approvals are of the plan, or rulings about the row's very
-- subject that stood at the call. How many people a row needs: review_needed in core/review.
with event as (
    select e.sequence, e.kind, e.run_id, e.plan_id, e.position, e.account_id, e.word, e.fact,
           e.sealed is null as says_nothing, p.sequence is not null as has_personal,
           case when e.sealed = sha256(p.salt || convert_to(p.value, 'UTF8'))
                then p.value::json end as personal
    from audit_event e
    left join audit_private p on p.portal_id = $1::bigint and p.sequence = e.sequence
    where e.portal_id = $1::bigint
      and e.kind in ('plan', 'override', 'approval', 'ruling', 'ruling_end', 'intent', 'outcome')),
first as (
    select min(run_id) as run_id from audit_event
    where portal_id = $1::bigint and kind = 'run_begin'),
-- Of each step the newest event, the newest intent, and what was told since that and stands. A fact is
-- taken apart each time that something is asked of it: only once, and only that of the newest.
newest as (
    select plan_id, position, sequence, run_id, account_id,
           case kind when 'intent' then kind else word end as state,
           case kind when 'intent' then word else fact ->> 'action' end as action,
           personal ->> 'reason' as reason, says_nothing or has_personal as knows_reason
    from (select distinct on (plan_id, position) * from event
          where kind in ('intent', 'outcome')
          order by plan_id, position, sequence desc) e),
intent as (
    select distinct on (plan_id, position) plan_id, position, sequence, fact ->> 'intent_us' as us,
           fact ->> 'from_profile' as from_profile, fact ->> 'to_profile' as to_profile
    from event where kind = 'intent'
    order by plan_id, position, sequence desc),
outcome as (
    select distinct on (plan_id, position) plan_id, position, fact ->> 'outcome_us' as us
    from event where kind = 'outcome' and word not in ('approved', 'verified')
    order by plan_id, position, sequence desc),
verified as (
    select distinct on (plan_id, position) plan_id, position, fact ->> 'outcome_us' as us
    from event where kind = 'outcome' and word = 'verified'
    order by plan_id, position, sequence desc),
answer as (
    select distinct on (plan_id, position) plan_id, position, sequence, http_status
    from (select plan_id, position, sequence, fact ->> 'http_status' as http_status
          from event where kind = 'outcome' offset 0) e
    where http_status is not null
    order by plan_id, position, sequence desc),
told as (
    select n.*, i.us as intent_us, i.from_profile, i.to_profile, o.us as outcome_us,
           v.us as verified_us,
           case when a.sequence > coalesce(i.sequence, 0) then a.http_status end as http_status
    from newest n
    left join intent i using (plan_id, position)
    left join outcome o using (plan_id, position)
    left join verified v using (plan_id, position)
    left join answer a using (plan_id, position)),
plan_approval as (
    select sequence, plan_id, word, personal ->> 'who' as who,
           case when json_typeof(fact -> 'accounts') = 'array'
                then (fact -> 'accounts')::jsonb end as accounts
    from event where kind = 'approval'),
ruled as (
    select g.sequence, g.account_id, g.fact ->> 'action' as action, g.fact ->> 'subject' as subject,
           g.personal ->> 'who' as who,
           case when json_typeof(g.fact -> 'overrides') = 'array'
                then (g.fact -> 'overrides')::jsonb end as overrides, x.sequence as ended
    from event g
    left join (select fact ->> 'ruling_id' as ruling_id, min(sequence) as sequence from event
               where kind = 'ruling_end' group by 1) x on x.ruling_id = g.fact ->> 'ruling_id'
    where g.kind = 'ruling' and g.word = 'approve'),
made as (select plan_id from event where kind = 'plan'),
called as (
    select i.sequence, i.plan_id, i.position, i.account_id, i.word, r.held_by,
           encode(r.subject, 'hex') as subject,
           coalesce(r.approvals, case i.word when 'deprovision' then p.approvals_deprovision
                                             when 'reactivate' then greatest(p.approvals_suspend, 1)
                                             when 'downgrade' then p.approvals_downgrade
                                             when 'restore' then greatest(p.approvals_downgrade, 1)
                                             else p.approvals_suspend end) as needed
    from event i
    join made using (plan_id)
    left join plan p on p.portal_id = $1::bigint and p.plan_id = i.plan_id
    left join plan_row r on r.portal_id = $1::bigint and r.plan_id = i.plan_id
        and r.position = i.position
    where i.kind = 'intent'),
stood as (
    select c.sequence, c.held_by, g.sequence as given, g.who, g.overrides
    from called c
    join ruled g on g.account_id = c.account_id and g.action = c.word and g.subject = c.subject
        and g.sequence < c.sequence and coalesce(g.ended > c.sequence, true)),
people as (
    select sequence, count(distinct who) as count
    from (select c.sequence, coalesce(a.who, a.sequence::text) as who
          from called c
          join plan_approval a on a.plan_id = c.plan_id and a.sequence < c.sequence
              and (a.word = 'all' or a.accounts ? c.account_id)
          union all
          select sequence, coalesce(who, given::text) from stood) w
    group by sequence),
done as (
    select e.sequence, e.plan_id, e.position, e.account_id, e.fact ->> 'action' as action,
           e.fact ->> 'outcome_us' as outcome_us
    from event e where e.kind = 'outcome' and e.word = 'done')
select t.sequence, format('row %s of plan %s is not stored as it went: %s', t.position, t.plan_id,
                          d.other) as sentence
from told t
left join step s on s.portal_id = $1::bigint and s.plan_id = t.plan_id and s.position = t.position
cross join lateral (
    select case when s.position is null then 'it is gone' else concat_ws(', ',
               case when s.account_id is distinct from t.account_id then 'account_id' end,
               case when s.action is distinct from t.action then 'action' end,
               case when s.state is distinct from t.state
                         and (t.state, s.state) is distinct from ('approved', 'planned')
                    then 'state' end,
               case when s.run_id is distinct from nullif(t.run_id, 0) then 'run_id' end,
               case when t.intent_us is not null
                         and s.from_profile is distinct from t.from_profile
                    then 'from_profile' end,
               case when t.intent_us is not null and s.to_profile is distinct from t.to_profile
                    then 'to_profile' end,
               case when checked_us(s.intent_at)::text is distinct from
                         case when t.state not in ('approved', 'already', 'skipped')
                              then t.intent_us end
                    then 'intent_at' end,
               case when checked_us(s.outcome_at)::text is distinct from
                         case when t.state not in ('intent', 'approved') then t.outcome_us end
                    then 'outcome_at' end,
               case when checked_us(s.verified_at)::text is distinct from t.verified_us
                    then 'verified_at' end,
               case when s.http_status::text is distinct from t.http_status then 'http_status' end,
               case when t.knows_reason and s.reason is distinct from t.reason then 'reason' end)
           end as other) d
where d.other <> ''
union all
select 0, format(case when s.intent_at is null then 'row %2$s of plan %1$s is stored as %3$s, and no '
                                                    'event tells of it'
                      else 'a call for row %2$s of plan %1$s is stored, and no intent tells of it' end,
                 s.plan_id, s.position, s.state)
from step s
join plan p on p.portal_id = $1::bigint and p.plan_id = s.plan_id
join first f on p.run_id >= f.run_id
where s.portal_id = $1::bigint and coalesce(s.state, '') not in ('planned', 'approved') and not exists (
    select 1 from told t where t.plan_id = s.plan_id and t.position = s.position)
union all
select c.sequence, format('row %s of plan %s was acted on with %s of %s approvals', c.position,
                          c.plan_id, coalesce(a.count, 0), coalesce(c.needed::text, '?'))
from called c
left join people a on a.sequence = c.sequence
where coalesce(coalesce(a.count, 0) < c.needed, true)
union all
select c.sequence, format('row %s of plan %s was acted on while %s held it', c.position, c.plan_id,
                          c.held_by)
from called c
left join (select plan_id, word, min(sequence) as sequence from event
           where kind = 'override' group by plan_id, word) o
    on o.plan_id = c.plan_id and o.word = c.held_by
where c.held_by is not null and coalesce(o.sequence > c.sequence, true)
  and not exists (select 1 from stood g
                  where g.sequence = c.sequence and g.overrides ? c.held_by)
union all
select 0, format('row %s of plan %s has a step that gives another profile', s.position, s.plan_id)
from step s
join plan_row r on r.portal_id = $1::bigint and r.plan_id = s.plan_id and r.position = s.position
where s.portal_id = $1::bigint
  and (s.from_profile, s.to_profile) is distinct from (r.from_profile_id, r.to_profile_id)
union all
select 0, format('act %s is stored, and no outcome tells of it', a.act_id)
from act a
join plan p on p.portal_id = $1::bigint and p.plan_id = a.plan_id
join first f on p.run_id >= f.run_id
where a.portal_id = $1::bigint and not exists (
    select 1 from done d
    where d.plan_id = a.plan_id and d.account_id = a.account_id and d.action = a.action)
union all
select d.sequence, format('row %s of plan %s was done, and no act is stored', d.position, d.plan_id)
from done d
where not exists (
    select 1 from act a
    where a.portal_id = $1::bigint and a.plan_id = d.plan_id and a.account_id = d.account_id
      and a.action = d.action)
union all
select d.sequence, format('act %s is not stored as it was done: %s', a.act_id, c.other)
from done d
join act a on a.portal_id = $1::bigint and a.plan_id = d.plan_id and a.account_id = d.account_id
    and a.action = d.action
left join plan_row r on r.portal_id = $1::bigint and r.plan_id = d.plan_id
    and r.position = d.position
left join step s on s.portal_id = $1::bigint and s.plan_id = d.plan_id and s.position = d.position
cross join lateral (
    select concat_ws(', ', case when coalesce(checked_us(a.done_at)::text, '') <> d.outcome_us then 'done_at' end,
                     case when a.rule is distinct from r.rule then 'rule' end,
                     case when a.from_profile is distinct from s.from_profile
                          then 'from_profile' end,
                     case when a.to_profile is distinct from s.to_profile then 'to_profile' end,
                     case when a.to_profile is not null and a.from_roles is distinct from r.roles
                          then 'from_roles' end,
                     case when a.person_status is distinct from r.person
                          then 'person_status' end) as other) c
where c.other <> ''
order by 1, 2
