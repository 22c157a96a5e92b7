-- Steps and acts: is each what the last events about it say, and was nothing called that too few people
-- had approved by then, or that a guard held? How many people a row needs: review_needed in
-- core/review.
with event as (
    select e.sequence, e.kind, e.run_id, e.plan_id, e.position, e.account_id, e.word, e.fact,
           e.sealed is null as says_nothing, p.sequence is not null as has_personal,
           case when e.sealed = sha256(p.salt || convert_to(p.value, 'UTF8'))
                then p.value::json end as personal
    from audit_event e
    left join audit_private p on p.portal_id = e.portal_id and p.sequence = e.sequence
    where e.portal_id = $1::bigint
      and e.kind in ('plan', 'override', 'approval', 'intent', 'outcome')),
first as (
    select min(run_id) as run_id from audit_event
    where portal_id = $1::bigint and kind = 'run_begin'),
-- Only what was told since the last intent still stands in the step.
told as (
    select plan_id, position, max(sequence) as sequence,
           (array_agg(case kind when 'intent' then kind else word end order by sequence desc))[1]
               as state,
           (array_agg(account_id order by sequence desc))[1] as account_id,
           (array_agg(case kind when 'intent' then word else fact ->> 'action' end
                      order by sequence desc))[1] as action,
           (array_agg(run_id order by sequence desc))[1] as run_id,
           (array_agg(fact ->> 'intent_us' order by sequence desc)
                filter (where kind = 'intent'))[1] as intent_us,
           (array_agg(fact ->> 'outcome_us' order by sequence desc)
                filter (where kind = 'outcome' and word not in ('approved', 'verified')))[1]
               as outcome_us,
           (array_agg(fact ->> 'outcome_us' order by sequence desc)
                filter (where kind = 'outcome' and word = 'verified'))[1] as verified_us,
           (array_agg(fact ->> 'http_status' order by sequence desc)
                filter (where fact ->> 'http_status' is not null))[1] as http_status,
           (array_agg(personal ->> 'reason' order by sequence desc))[1] as reason,
           (array_agg(says_nothing or has_personal order by sequence desc))[1] as knows_reason
    from (select e.*, max(sequence) filter (where kind = 'intent')
                          over (partition by plan_id, position) as last_intent
          from event e where kind in ('intent', 'outcome')) e
    where sequence >= coalesce(last_intent, 0)
    group by plan_id, position),
done as (
    select e.sequence, e.plan_id, e.position, e.account_id, e.fact ->> 'action' as action,
           e.fact ->> 'outcome_us' as outcome_us
    from event e where e.kind = 'outcome' and e.word = 'done')
select t.sequence, format('row %s of plan %s is not stored as it went: %s', t.position, t.plan_id,
                          d.other)
from told t
left join step s on s.portal_id = $1::bigint and s.plan_id = t.plan_id and s.position = t.position
cross join lateral (
    select case when s.position is null then 'it is gone' else concat_ws(', ',
               case when s.account_id is distinct from t.account_id then 'account_id' end,
               case when s.action is distinct from t.action then 'action' end,
               case when s.state <> t.state and not (t.state = 'approved' and s.state = 'planned')
                    then 'state' end,
               case when s.run_id is distinct from nullif(t.run_id, 0) then 'run_id' end,
               case when us(s.intent_at)::text is distinct from
                         case when t.state not in ('approved', 'already', 'skipped')
                              then t.intent_us end
                    then 'intent_at' end,
               case when us(s.outcome_at)::text is distinct from
                         case when t.state not in ('intent', 'approved') then t.outcome_us end
                    then 'outcome_at' end,
               case when us(s.verified_at)::text is distinct from t.verified_us
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
join plan p on p.portal_id = s.portal_id and p.plan_id = s.plan_id
join first f on p.run_id >= f.run_id
where s.portal_id = $1::bigint and s.state not in ('planned', 'approved') and not exists (
    select from told t where t.plan_id = s.plan_id and t.position = s.position)
union all
select i.sequence, format('row %s of plan %s was acted on with %s of %s approvals', i.position,
                          i.plan_id, a.people, n.needed)
from event i
join event e on e.kind = 'plan' and e.plan_id = i.plan_id
join plan p on p.portal_id = $1::bigint and p.plan_id = i.plan_id
cross join lateral (
    select case i.word when 'deprovision' then p.approvals_deprovision
                       when 'reactivate' then greatest(p.approvals_suspend, 1)
                       else p.approvals_suspend end as needed) n
cross join lateral (
    select count(distinct coalesce(o.personal ->> 'who', o.sequence::text)) as people
    from event o
    where o.kind = 'approval' and o.plan_id = i.plan_id and o.sequence < i.sequence
      and (o.word = 'all'
           or case when json_typeof(o.fact -> 'accounts') = 'array'
                   then (o.fact -> 'accounts')::jsonb ? i.account_id end)) a
where i.kind = 'intent' and a.people < n.needed
union all
select i.sequence, format('row %s of plan %s was acted on while %s held it', i.position, i.plan_id,
                          r.held_by)
from event i
join event e on e.kind = 'plan' and e.plan_id = i.plan_id
join plan_row r on r.portal_id = $1::bigint and r.plan_id = i.plan_id and r.position = i.position
where i.kind = 'intent' and r.held_by is not null and not exists (
    select from event o
    where o.kind = 'override' and o.plan_id = i.plan_id and o.word = r.held_by
      and o.sequence < i.sequence)
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
select d.sequence, format('act %s is not stored as it was done: %s', a.act_id, c.other)
from done d
join act a on a.portal_id = $1::bigint and a.plan_id = d.plan_id and a.account_id = d.account_id
    and a.action = d.action
left join plan_row r on r.portal_id = a.portal_id and r.plan_id = d.plan_id
    and r.position = d.position
cross join lateral (
    select concat_ws(', ', case when us(a.done_at)::text <> d.outcome_us then 'done_at' end,
                     case when a.rule is distinct from r.rule then 'rule' end,
                     case when a.person_status is distinct from r.person
                          then 'person_status' end) as other) c
where c.other <> ''
order by 1, 2
