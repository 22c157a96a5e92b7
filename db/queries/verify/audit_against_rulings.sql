-- What lasts: rulings, guards that people let go, announcements. Is each stored as the chain tells of it, and
-- does the chain tell of each? Whose personal values were erased is not compared in those. Announcements
-- of before the chain told of any are known by their plans: none was made by a run that began after it.
with event as (
    select e.sequence, e.kind, e.run_id, e.plan_id, e.position, e.account_id, e.word, e.fact, e.at,
           case when e.sealed = sha256(p.salt || convert_to(p.value, 'UTF8'))
                then p.value::json end as personal
    from audit_event e
    left join audit_private p on p.portal_id = $1::bigint and p.sequence = e.sequence
    where e.portal_id = $1::bigint
      and e.kind in ('handed_in', 'ruling', 'ruling_end', 'acknowledgement', 'acknowledgement_end',
                     'announcement', 'announcement_end')),
told_since as (
    select coalesce(
        (select min(b.run_id) from audit_event b
         where b.portal_id = $1::bigint and b.kind = 'run_begin'
           and b.sequence > (select max(m.sequence) from audit_event m
                             where m.portal_id = $1::bigint and m.kind = 'migration'
                               and m.word = '0010_rulings')),
        case when exists (select 1 from audit_event m
                          where m.portal_id = $1::bigint and m.kind = 'migration'
                            and m.word = '0010_rulings')
             then 9223372036854775807 else 0 end) as run_id),
-- When that was read of which a plan is made: by the record itself.
reading as materialized (
    select p.plan_id, s.fact ->> 'taken_us' as taken_us
    from audit_event p
    join audit_event s on s.portal_id = $1::bigint and s.kind = 'snapshot'
        and s.fact ->> 'snapshot' = p.fact ->> 'snapshot'
    where p.portal_id = $1::bigint and p.kind = 'plan'),
compared as (
    select e.sequence, format('ruling %s', e.fact ->> 'ruling_id') as thing,
           r.ruling_id is null as is_gone,
           concat_ws(', ',
               case when r.kind is distinct from e.word then 'kind' end,
               case when r.account_id is distinct from e.account_id then 'account_id' end,
               case when checked_us(r.at)::text is distinct from e.fact ->> 'decided_us' then 'at' end,
               case when coalesce(r.plan_id, 0) <> e.plan_id then 'plan_id' end,
               case when coalesce(r.position, 0) <> e.position then 'position' end,
               case when encode(r.subject, 'hex') is distinct from e.fact ->> 'subject'
                    then 'subject' end,
               case when r.action is distinct from e.fact ->> 'action' then 'action' end,
               case when r.rule is distinct from e.fact ->> 'rule' then 'rule' end,
               case when encode(r.rule_text, 'hex') is distinct from e.fact ->> 'rule_text'
                    then 'rule_text' end,
               case when r.address is distinct from e.fact ->> 'address' then 'address' end,
               case when r.asks_login::text is distinct from e.fact ->> 'asks_login'
                    then 'asks_login' end,
               case when r.asks_activity::text is distinct from coalesce(e.fact ->> 'asks_activity', 'false')
                    then 'asks_activity' end,
               case when checked_us(r.snapshot_at)::text is distinct from e.fact ->> 'snapshot_us'
                    then 'snapshot_at' end,
               case when r.not_before::text is distinct from e.fact ->> 'not_before'
                    then 'not_before' end,
               case when r.until::text is distinct from e.fact ->> 'until' then 'until' end,
               case when r.person_departed::text is distinct from e.fact ->> 'person_departed'
                    then 'person_departed' end,
               case when r.also_departed::text is distinct from e.fact ->> 'also_departed'
                    then 'also_departed' end,
               case when r.spread::text is distinct from e.fact ->> 'spread' then 'spread' end,
               case when r.nightly::text is distinct from e.fact ->> 'nightly' then 'nightly' end,
               case when r.expected_on::text is distinct from e.fact ->> 'expected_on'
                    then 'expected_on' end,
               case when r.at_once::text is distinct from e.fact ->> 'at_once' then 'at_once' end,
               case when array_to_json(r.overrides)::text is distinct from
                         (e.fact -> 'overrides')::text
                    then 'overrides' end,
               case when r.handed_in_id::text is distinct from e.fact ->> 'handed_in_id'
                    then 'handed_in_id' end,
               case when e.personal is not null and r.who is distinct from e.personal ->> 'who'
                    then 'who' end,
               case when e.personal is not null
                         and r.reason is distinct from e.personal ->> 'reason'
                    then 'reason' end,
               case when e.personal is not null
                         and r.about is distinct from e.personal ->> 'about'
                    then 'about' end) as other
    from event e
    left join ruling r on r.portal_id = $1::bigint and r.ruling_id::text = e.fact ->> 'ruling_id'
    where e.kind = 'ruling'
    union all
    select e.sequence, format('file %s', e.fact ->> 'handed_in_id'), h.handed_in_id is null,
           concat_ws(', ',
               case when encode(h.content, 'hex') is distinct from e.fact ->> 'content'
                    then 'content' end,
               case when checked_us(h.at)::text is distinct from e.fact ->> 'taken_us' then 'at' end,
               case when h.key is not null and e.word <> 'signature' then 'key' end,
               case when e.personal is not null and h.who is distinct from e.personal ->> 'who'
                    then 'who' end,
               case when e.personal is not null and h.name is distinct from e.personal ->> 'name'
                    then 'name' end,
               case when e.personal is not null and h.key is distinct from e.personal ->> 'key'
                    then 'key' end,
               case when e.personal is not null
                         and h.signature is distinct from e.personal ->> 'signature'
                    then 'signature' end)
    from event e
    left join handed_in h on h.portal_id = $1::bigint
        and h.handed_in_id::text = e.fact ->> 'handed_in_id'
    where e.kind = 'handed_in'
    union all
    select e.sequence, format('the end of ruling %s', e.fact ->> 'ruling_id'),
           r.ended_at is null,
           concat_ws(', ',
               case when r.end_word is distinct from e.word then 'end_word' end,
               case when r.account_id is distinct from e.account_id then 'account_id' end,
               case when checked_us(r.ended_at)::text is distinct from e.fact ->> 'ended_us'
                    then 'ended_at' end,
               case when e.personal is not null
                         and r.ended_by is distinct from e.personal ->> 'who'
                    then 'ended_by' end,
               case when e.personal is not null
                         and r.end_reason is distinct from e.personal ->> 'reason'
                    then 'end_reason' end)
    from event e
    left join ruling r on r.portal_id = $1::bigint and r.ruling_id::text = e.fact ->> 'ruling_id'
    where e.kind = 'ruling_end'
    union all
    select e.sequence, format('acknowledgement %s', e.fact ->> 'acknowledgement_id'),
           a.acknowledgement_id is null,
           concat_ws(', ',
               case when a.guard is distinct from e.word then 'guard' end,
               case when a.plan_id is distinct from e.plan_id then 'plan_id' end,
               case when checked_us(a.at)::text is distinct from e.fact ->> 'decided_us' then 'at' end,
               case when a.measure::text is distinct from e.fact ->> 'measure' then 'measure' end,
               case when e.personal is not null and a.who is distinct from e.personal ->> 'who'
                    then 'who' end,
               case when e.personal is not null
                         and a.reason is distinct from e.personal ->> 'reason'
                    then 'reason' end,
               case when e.personal is not null and a.cause is distinct from e.personal ->> 'cause'
                    then 'cause' end)
    from event e
    left join acknowledgement a on a.portal_id = $1::bigint
        and a.acknowledgement_id::text = e.fact ->> 'acknowledgement_id'
    where e.kind = 'acknowledgement'
    union all
    select e.sequence, format('the end of acknowledgement %s', e.fact ->> 'acknowledgement_id'),
           a.ended_at is null,
           concat_ws(', ',
               case when checked_us(a.ended_at)::text is distinct from e.fact ->> 'ended_us'
                    then 'ended_at' end,
               case when e.personal is not null
                         and a.end_reason is distinct from e.personal ->> 'reason'
                    then 'end_reason' end)
    from event e
    left join acknowledgement a on a.portal_id = $1::bigint
        and a.acknowledgement_id::text = e.fact ->> 'acknowledgement_id'
    where e.kind = 'acknowledgement_end'
    union all
    select e.sequence, format('announcement %s', e.fact ->> 'announcement_id'),
           a.announcement_id is null,
           concat_ws(', ',
               case when a.account_id is distinct from e.account_id then 'account_id' end,
               case when a.rule is distinct from e.word then 'rule' end,
               case when coalesce(a.plan_id, 0) <> e.plan_id then 'plan_id' end,
               case when coalesce(a.position, 0) <> e.position then 'position' end,
               case when checked_us(a.announced_at)::text is distinct from e.fact ->> 'announced_us'
                    then 'announced_at' end,
               case when a.announced_on::text is distinct from e.fact ->> 'announced_on'
                    then 'announced_on' end,
               case when a.not_before::text is distinct from e.fact ->> 'not_before'
                    then 'not_before' end,
               case when checked_us(a.login_at)::text is distinct from e.fact ->> 'login_us'
                    then 'login_at' end,
               case when a.mode is distinct from e.fact ->> 'mode' then 'mode' end,
               case when a.action is distinct from e.fact ->> 'action' then 'action' end,
               case when a.to_profile is distinct from e.fact ->> 'to_profile'
                    then 'to_profile' end)
    from event e
    left join announcement a on a.portal_id = $1::bigint
        and a.announcement_id::text = e.fact ->> 'announcement_id'
    where e.kind = 'announcement'
    union all
    select e.sequence, format('the end of announcement %s', e.fact ->> 'announcement_id'),
           a.ended_on is null,
           concat_ws(', ',
               case when a.account_id is distinct from e.account_id then 'account_id' end,
               case when a.ended_on::text is distinct from e.fact ->> 'ended_on' then 'ended_on' end,
               case when e.personal is not null
                         and a.ended_reason is distinct from e.personal ->> 'reason'
                    then 'ended_reason' end)
    from event e
    left join announcement a on a.portal_id = $1::bigint
        and a.announcement_id::text = e.fact ->> 'announcement_id'
    where e.kind = 'announcement_end'),
-- A number is given once, and what it stands for ends once.
twice as (
    select max(sequence) as sequence, kind,
           coalesce(fact ->> 'ruling_id', fact ->> 'acknowledgement_id',
                    fact ->> 'announcement_id', fact ->> 'handed_in_id') as number
    from event
    group by 2, 3
    having count(*) > 1)
select sequence, format(case when is_gone then '%s is not stored any more'
                             else '%s is not stored as it was recorded: %s' end, thing, other) as sentence
from compared
where is_gone or other <> ''
union all
select sequence, format('a second %s of number %s', kind, number) from twice
union all
select e.sequence, format('ruling %s says that what was looked at was read at another time than plan %s was made of',
                          e.fact ->> 'ruling_id', e.plan_id)
from event e
join reading d on d.plan_id = e.plan_id
where e.kind = 'ruling' and e.fact ->> 'snapshot_us' <> d.taken_us
union all
select 0, format('file %s is stored, and no event tells of it', h.handed_in_id)
from handed_in h
where h.portal_id = $1::bigint and not exists (
    select 1 from event e
    where e.kind = 'handed_in' and e.fact ->> 'handed_in_id' = h.handed_in_id::text)
union all
select 0, format('ruling %s is stored, and no event tells of it', r.ruling_id)
from ruling r
where r.portal_id = $1::bigint and not exists (
    select 1 from event e
    where e.kind = 'ruling' and e.fact ->> 'ruling_id' = r.ruling_id::text)
union all
select 0, format('the end of ruling %s is stored, and no event tells of it', r.ruling_id)
from ruling r
where r.portal_id = $1::bigint and r.ended_at is not null and not exists (
    select 1 from event e
    where e.kind = 'ruling_end' and e.fact ->> 'ruling_id' = r.ruling_id::text)
union all
select 0, format('acknowledgement %s is stored, and no event tells of it', a.acknowledgement_id)
from acknowledgement a
where a.portal_id = $1::bigint and not exists (
    select 1 from event e
    where e.kind = 'acknowledgement'
      and e.fact ->> 'acknowledgement_id' = a.acknowledgement_id::text)
union all
select 0, format('the end of acknowledgement %s is stored, and no event tells of it',
                 a.acknowledgement_id)
from acknowledgement a
where a.portal_id = $1::bigint and a.ended_at is not null and not exists (
    select 1 from event e
    where e.kind = 'acknowledgement_end'
      and e.fact ->> 'acknowledgement_id' = a.acknowledgement_id::text)
union all
select 0, format('announcement %s is stored, and no event tells of it', a.announcement_id)
from announcement a
cross join told_since t
left join plan p on p.portal_id = $1::bigint and p.plan_id = a.plan_id
where a.portal_id = $1::bigint and coalesce(p.run_id >= t.run_id, true) and not exists (
    select 1 from event e
    where e.kind = 'announcement' and e.fact ->> 'announcement_id' = a.announcement_id::text)
union all
select 0, format('the end of announcement %s is stored, and no event tells of it',
                 a.announcement_id)
from announcement a
cross join told_since t
left join plan p on p.portal_id = $1::bigint and p.plan_id = a.plan_id
where a.portal_id = $1::bigint and a.ended_on is not null
  and coalesce(p.run_id >= t.run_id, true) and not exists (
    select 1 from event e
    where e.kind = 'announcement_end'
      and e.fact ->> 'announcement_id' = a.announcement_id::text)
order by 1, 2
