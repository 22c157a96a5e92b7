-- Is the record whole and unchanged? The check of `audit verify`, written a second time, for psql
-- alone and for a role that sees the views of schema audit only. It uses no function of the history.
--
--     psql -v portal=NAME [-v head=SEQ:HASH] -f audit-verify.sql
--
-- prints one line for each finding and a last line that counts them; psql ends with 3 when there is
-- any. A head is what a run left in its log, its report or its head file: without one a tail that
-- was cut off, and a chain that was made anew from the start, cannot be told.
--
-- An event's hash is SHA-256 over: version, portal_id, sequence, previous, at, kind, run_id,
-- plan_id, position, account_id, word, fact, sealed. Each stands behind its length in 8 bytes, the
-- highest first; NULL is the length 2^64 - 1 and nothing behind it. Numbers are 8 bytes, the highest
-- first; the time is microseconds since 1970-01-01 UTC; texts are UTF-8.

\set ON_ERROR_STOP on
\set QUIET on
\pset tuples_only on
\pset format unaligned
\if :{?head}
\else
    \set head ''
\endif
\if :{?portal}
\else
    do $$ begin raise exception 'which portal? psql -v portal=NAME -f audit-verify.sql'; end $$;
\endif
select not exists (select 1 from audit.portal where portal = :'portal') as is_unknown,
       (select portal_id from audit.portal where portal = :'portal') as portal_id
\gset
\if :is_unknown
    do $$ begin raise exception 'this history has no portal of that name: select portal from audit.portal'; end $$;
\endif
begin transaction isolation level repeatable read read only;
-- Nothing is known of how many rows a part of these questions has; a loop in a loop, which is chosen for
-- few, takes hours for many.
set local enable_nestloop = off;

set local work_mem = '64MB';
set local jit = off;

-- Each event by itself. Nothing else is asked of these rows, so that processors share them.
with wrong as (
    select * from (
        select e.sequence, e.version,
               e.kind not in (
                   'portal', 'migration', 'run_begin', 'run_end', 'snapshot', 'roster', 'plan', 'guard',
                   'override', 'approval', 'rejection', 'handed_in', 'ruling', 'ruling_end',
                   'acknowledgement', 'acknowledgement_end', 'announcement', 'announcement_end',
                   'intent', 'outcome', 'erasure', 'retention', 'identity', 'restore') as is_none,
               e.hash is distinct from sha256(
                   '\x0000000000000008' || int8send(e.version)
                   || '\x0000000000000008' || int8send(e.portal_id)
                   || '\x0000000000000008' || int8send(e.sequence)
                   || int8send(length(e.previous)::bigint) || e.previous
                   || '\x0000000000000008'
                   || int8send(case when isfinite(e.at) then (extract(epoch from e.at) * 1000000)::bigint end)
                   || int8send(octet_length(e.kind)::bigint) || convert_to(e.kind, 'UTF8')
                   || '\x0000000000000008' || int8send(e.run_id)
                   || '\x0000000000000008' || int8send(e.plan_id)
                   || '\x0000000000000008' || int8send(e.position)
                   || coalesce(int8send(octet_length(e.account_id)::bigint)
                               || convert_to(e.account_id, 'UTF8'), '\xffffffffffffffff')
                   || coalesce(int8send(octet_length(e.word)::bigint)
                               || convert_to(e.word, 'UTF8'), '\xffffffffffffffff')
                   || coalesce(int8send(octet_length(e.fact::text)::bigint)
                               || convert_to(e.fact::text, 'UTF8'), '\xffffffffffffffff')
                   || coalesce(int8send(length(e.sealed)::bigint) || e.sealed,
                               '\xffffffffffffffff')) as is_changed
        from audit.event e
        where e.portal_id = :portal_id) e
    where is_changed or is_none or version <> 1),
last as (
    select coalesce(max(e.sequence), 0) as sequence, count(*) as count,
           (select h.hash from audit.event h
            where h.portal_id = :portal_id order by h.sequence desc limit 1) as hash
    from audit.event e
    where e.portal_id = :portal_id),
odd as (
    select * from (
        select e.sequence, e.at, e.previous, lag(e.sequence, 1, 0::bigint) over w as before,
               lag(e.hash, 1, decode(repeat('00', 32), 'hex')) over w as before_hash,
               lag(e.at, 1, e.at) over w as before_at
        from audit.event e
        where e.portal_id = :portal_id
        window w as (order by e.sequence)) e
    where sequence <> before + 1 or previous <> before_hash or at < before_at),
anchor as (
    select nullif(split_part(:'head', ':', 1), '')::bigint as sequence,
           decode(split_part(:'head', ':', 2), 'hex') as hash
    where :'head' <> ''),
finding as (
    select sequence, 'the version is one that there is not' as says from wrong where version <> 1
    union all
    select sequence, 'the kind is none' from wrong where is_none
    union all
    select sequence, 'the number was given before: forked, or repeated' from odd
    where sequence <= before
    union all
    select before + 1, 'events are missing, up to ' || sequence - 1 from odd
    where sequence > before + 1
    union all
    select sequence, 'it does not follow the event before it: the hash it names is another'
    from odd where previous <> before_hash
    union all
    select sequence, 'it was changed: its hash is not that of what it says'
    from wrong where is_changed
    union all
    select sequence, 'the clock moved back' from odd where at < before_at
    union all
    select a.sequence, 'its hash is not the one kept outside: made anew from here or before'
    from anchor a
    join audit.event c on c.portal_id = :portal_id and c.sequence = a.sequence
    where c.hash <> a.hash
    union all
    select a.sequence, format('it was there when the head was kept outside, and the chain ends at '
                              '%s: cut off, or an older backup', l.sequence)
    from anchor a, last l where a.sequence > l.sequence
    union all
    select l.sequence, 'the head of the chain says something else'
    from last l
    left join audit.head h on h.portal_id = :portal_id
    where l.sequence <> coalesce(h.sequence, 0) or l.count <> coalesce(h.count, 0)
       or coalesce(l.hash, h.hash) is distinct from h.hash)
select (select count(*) from finding) as findings,
       coalesce((select string_agg(
           case when sequence = 0 then 'chain: ' || says
                else format('event %s: %s', sequence, says) end, E'\n' order by sequence, says)
           || E'\n' from finding), '') as told,
       l.count as events, l.sequence || ':' || coalesce(encode(l.hash, 'hex'), '') as head_is
from last l
\gset

-- Are the tables what the chain tells of? Each answer is sentences; facts are compared as text, so that
-- no forged one stops the question. Rows from before the chain began are left out.

-- Runs, readings, migrations.
with event as (
    select e.sequence, e.kind, e.run_id, e.word, e.fact from audit.event e
    where e.portal_id = :portal_id
      and e.kind in ('run_begin', 'run_end', 'snapshot', 'roster', 'migration')),
first as (select min(run_id) as run_id from event where kind = 'run_begin'),
-- Who the portal is, and what was carried over from another name of it.
identity as (
    select e.sequence, e.kind, e.word, e.fact from audit.event e
    where e.portal_id = :portal_id and e.kind in ('portal', 'identity')),
named as (
    select sequence, case kind when 'portal' then word else fact ->> 'name' end as name
    from identity
    where kind = 'portal' or word in ('renamed', 'set_aside')
    order by sequence desc limit 1),
known as (
    select sequence, fact ->> 'host' as host, fact ->> 'own_id' as own_id,
           fact ->> 'goes_on_in' as goes_on_in
    from identity where kind = 'identity'
    order by sequence desc limit 1),
carried as (
    select i.sequence, c.value ->> 0 as act_id, c.value ->> 1 as account_id,
           c.value ->> 2 as action, c.value ->> 3 as done_us
    from identity i
    cross join lateral json_array_elements(
        case when json_typeof(i.fact -> 'acts') = 'array' then i.fact -> 'acts' else '[]' end) c(value)
    where i.kind = 'identity'),
finding as (
    select n.sequence, format('the portal was recorded as ''%s''', n.name) as says
    from named n where n.name <> :'portal'
    union all
    select coalesce(k.sequence, 0), 'who the portal is is not stored as it was recorded'
    from audit.portal p
    left join known k on true
    where p.portal_id = :portal_id
      and (p.host, p.own_id, p.goes_on_in::text)
          is distinct from (k.host, k.own_id, k.goes_on_in)
    union all
    select c.sequence, format('act %s is not stored as it was carried over', c.act_id)
    from carried c
    left join audit.act a on a.portal_id = :portal_id and a.act_id::text = c.act_id
    where (a.account_id, a.action, trim_scale(extract(epoch from a.done_at) * 1000000)::text)
          is distinct from (c.account_id, c.action, c.done_us)
    union all
    select e.sequence, format('run %s is not stored as it began', e.run_id) as says
    from event e
    left join audit.run r on r.portal_id = :portal_id and r.run_id = e.run_id
    where e.kind = 'run_begin'
      and (r.verb, r.today::text, trim_scale(extract(epoch from r.started_at) * 1000000)::text)
          is distinct from (e.word, e.fact ->> 'today', e.fact ->> 'started_us')
    union all
    select e.sequence, format('run %s is not stored as it ended', e.run_id)
    from event e
    left join audit.run r on r.portal_id = :portal_id and r.run_id = e.run_id
    where e.kind = 'run_end'
      and ((r.exit_code::text, trim_scale(extract(epoch from r.finished_at) * 1000000)::text,
            r.requests::text)
           is distinct from (e.word, e.fact ->> 'finished_us', e.fact ->> 'requests')
           or coalesce(r.blocked::text, '') <> e.fact ->> 'blocked')
    union all
    select e.sequence, format('snapshot %s is not stored as it was taken', e.fact ->> 'snapshot')
    from event e
    left join audit.snapshot s on s.portal_id = :portal_id
        and s.snapshot_id::text = e.fact ->> 'snapshot'
    where e.kind = 'snapshot'
      and ((s.run_id, s.complete, s.accounts::text, s.active::text, s.gone::text,
            encode(s.digest, 'hex'), trim_scale(extract(epoch from s.taken_at) * 1000000)::text)
           is distinct from (e.run_id, e.word = 'complete', e.fact ->> 'accounts',
                             e.fact ->> 'active', e.fact ->> 'gone', e.fact ->> 'digest',
                             e.fact ->> 'taken_us')
           or coalesce(s.inactive::text, '') <> e.fact ->> 'inactive'
           or coalesce(s.unreadable::text, '') <> e.fact ->> 'unreadable'
           or coalesce(s.nameless::text, '') <> e.fact ->> 'nameless'
           or coalesce(s.requests::text, '') <> e.fact ->> 'requests'
           or coalesce(s.logins_read::text, '') <> e.fact ->> 'logins_read')
    union all
    select e.sequence, format('roster %s is not stored as it was read', e.fact ->> 'roster')
    from event e
    left join audit.roster s on s.portal_id = :portal_id and s.roster_id::text = e.fact ->> 'roster'
    where e.kind = 'roster'
      and (s.run_id, s.good, s.people::text, s.rejected::text, encode(s.digest, 'hex'),
           trim_scale(extract(epoch from s.read_at) * 1000000)::text)
          is distinct from (e.run_id, e.word = 'good', e.fact ->> 'people', e.fact ->> 'rejected',
                            e.fact ->> 'digest', e.fact ->> 'read_us')
    union all
    select e.sequence, format('migration %s is not stored as it was applied', e.word)
    from event e
    left join audit.migration m on m.name = e.word
    where e.kind = 'migration'
      and (m.version::text, m.sha256, m.program_version)
          is distinct from (e.fact ->> 'version', e.fact ->> 'sha256', e.fact ->> 'program')
    union all
    select 0, format('run %s is stored, and no event tells that it began', r.run_id)
    from audit.run r join first f on r.run_id >= f.run_id
    where r.portal_id = :portal_id
      and not exists (select 1 from event e where e.kind = 'run_begin' and e.run_id = r.run_id)
    union all
    select 0, format('run %s is stored as finished, and no event tells of that', r.run_id)
    from audit.run r join first f on r.run_id >= f.run_id
    where r.portal_id = :portal_id and r.finished_at is not null
      and not exists (select 1 from event e where e.kind = 'run_end' and e.run_id = r.run_id)
    union all
    select 0, format('snapshot %s is stored, and no event tells of it', s.snapshot_id)
    from audit.snapshot s join first f on s.run_id >= f.run_id
    where s.portal_id = :portal_id
      and not exists (select 1 from event e where e.kind = 'snapshot'
                      and e.fact ->> 'snapshot' = s.snapshot_id::text)
    union all
    select 0, format('roster %s is stored, and no event tells of it', s.roster_id)
    from audit.roster s join first f on s.run_id >= f.run_id
    where s.portal_id = :portal_id
      and not exists (select 1 from event e where e.kind = 'roster'
                      and e.fact ->> 'roster' = s.roster_id::text))
select count(*) as readings_findings,
       coalesce(string_agg(format('event %s: %s', sequence, says), E'\n' order by sequence, says)
                || E'\n', '') as readings_told
from finding
\gset

-- Plans and brakes. What an erasure or a retention took away it says; older retentions only counted.
with event as (
    select e.sequence, e.kind, e.run_id, e.plan_id, e.position, e.word, e.fact from audit.event e
    where e.portal_id = :portal_id and e.kind in ('plan', 'guard', 'rejection', 'erasure', 'retention')),
made as (select * from event where kind = 'plan'),
rejected as (select plan_id from event where kind = 'rejection'),
first as (
    select min(run_id) as run_id from audit.event
    where portal_id = :portal_id and kind = 'run_begin'),
taken as (
    select k.key, n.value
    from event e
    cross join (values ('plans'), ('rows_of'), ('thinned')) k(key)
    cross join lateral json_array_elements_text(
        case when json_typeof(e.fact -> k.key) = 'array' then e.fact -> k.key
             else '[]' end) n(value)
    where e.kind in ('erasure', 'retention')),
finding as (
    select e.sequence, format('plan %s is not stored as it was made', e.plan_id) as says
    from made e
    left join audit.plan p on p.portal_id = :portal_id and p.plan_id = e.plan_id
    where ((p.run_id, encode(p.digest, 'hex'),
            trim_scale(extract(epoch from p.created_at) * 1000000)::text, p.snapshot_id::text,
            p.roster_id::text, encode(p.policy_digest, 'hex'), p.mode, p.suspend::text,
            p.deprovision::text, p.reactivate::text, p.downgrade::text, p.restore::text)
           is distinct from (e.run_id, e.fact ->> 'digest', e.fact ->> 'created_us',
                             e.fact ->> 'snapshot', e.fact ->> 'roster', e.fact ->> 'policy',
                             e.fact ->> 'mode', e.fact ->> 'suspend', e.fact ->> 'deprovision',
                             e.fact ->> 'reactivate', coalesce(e.fact ->> 'downgrade', '0'),
                             coalesce(e.fact ->> 'restore', '0'))
           or e.fact ->> 'today' is not null
              and (trim_scale(extract(epoch from p.expires_at) * 1000000)::text, p.today::text,
                   p.keep::text, p.waiting::text, p.findings::text, p.seats_now::text,
                   p.seats_after::text)
                  is distinct from (e.fact ->> 'expires_us', e.fact ->> 'today',
                                    e.fact ->> 'keep', e.fact ->> 'waiting',
                                    e.fact ->> 'findings', e.fact ->> 'seats_now',
                                    e.fact ->> 'seats_after')
           or (p.state = 'rejected')
              is distinct from exists (select 1 from rejected r where r.plan_id = e.plan_id))
    union all
    select e.sequence, format('guard finding %s of plan %s is not stored as it was', e.position,
                              e.plan_id)
    from event e
    left join audit.guard g on g.portal_id = :portal_id and g.plan_id = e.plan_id
        and g.position = e.position
    where e.kind = 'guard'
      and (g.guard, g.hold) is distinct from (e.fact ->> 'guard', e.word = 'hold')
    union all
    select e.sequence, format('guard finding %s of plan %s is stored, and no event tells of it',
                              g.position, g.plan_id)
    from audit.guard g
    join made e on e.plan_id = g.plan_id
    where g.portal_id = :portal_id
      and not exists (select 1 from event o where o.kind = 'guard' and o.plan_id = g.plan_id
                      and o.position = g.position)
    union all
    select 0, format('plan %s is stored, and no event tells of it', p.plan_id)
    from audit.plan p join first f on p.run_id >= f.run_id
    where p.portal_id = :portal_id
      and not exists (select 1 from made e where e.plan_id = p.plan_id)
    union all
    select 0, format('rows of plan %s are stored, and there is no such plan', o.plan_id)
    from (select distinct r.plan_id from audit.plan_row r where r.portal_id = :portal_id) o
    where not exists (select 1 from audit.plan p
                      where p.portal_id = :portal_id and p.plan_id = o.plan_id)
      and not exists (select 1 from made e where e.plan_id = o.plan_id)
    union all
    select e.sequence, format('names were taken away from plan %s, and no erasure tells of it',
                              p.plan_id)
    from audit.plan p
    join made e on e.plan_id = p.plan_id
    where p.portal_id = :portal_id and p.redacted_at is not null
      and not exists (select 1 from taken t where t.key <> 'thinned' and t.value = p.plan_id::text)
      and not exists (select 1 from event r where r.kind = 'retention'
                      and r.fact -> 'rows_of' is null and r.fact ->> 'plan_rows' <> '0')
    union all
    select 0, format('snapshot %s was thinned out, and no retention tells of it', s.snapshot_id)
    from audit.snapshot s
    where s.portal_id = :portal_id and s.thinned_at is not null
      and not exists (select 1 from taken t where t.key = 'thinned'
                      and t.value = s.snapshot_id::text)
      and not exists (select 1 from event r where r.kind = 'retention'
                      and r.fact -> 'rows_of' is null and r.fact ->> 'snapshots' <> '0'))
select count(*) as plans_findings,
       coalesce(string_agg(format('event %s: %s', sequence, says), E'\n' order by sequence, says)
                || E'\n', '') as plans_told
from finding
\gset

-- Decisions: when and about what; by whom is personal and comes below. Who decides again replaces
-- their decision, so there may be more events than decisions.
with event as (
    select e.sequence, e.kind, e.plan_id, e.word, e.fact from audit.event e
    where e.portal_id = :portal_id and e.kind in ('plan', 'approval', 'rejection', 'override')),
first as (
    select coalesce(min(run_id), 9223372036854775807) as run_id from audit.event
    where portal_id = :portal_id and kind = 'run_begin'),
decision as (
    select d.plan_id, d.decision, d.digest, d.all_rows,
           case d.decision when 'approve' then 'approval' else 'rejection' end as kind,
           trim_scale(extract(epoch from d.decided_at) * 1000000)::text as decided_us
    from audit.decision d where d.portal_id = :portal_id),
finding as (
    select a.sequence, format('what was approved is not plan %s as it was made', a.plan_id) as says
    from event a
    left join event p on p.kind = 'plan' and p.plan_id = a.plan_id
    left join audit.plan s on s.portal_id = :portal_id and s.plan_id = a.plan_id
    left join first f on s.run_id < f.run_id
    where a.kind = 'approval'
      and (coalesce(p.fact ->> 'digest',
                    case when f.run_id is not null then encode(s.digest, 'hex') end)
           is distinct from a.fact ->> 'digest' or p.sequence > a.sequence)
    union all
    select coalesce((select max(e.sequence) from event e
                     where e.kind = d.kind and e.plan_id = d.plan_id), 0),
           format('a decision (%s) about plan %s is not stored as any event tells of it', d.decision,
                  d.plan_id)
    from decision d
    join audit.plan p on p.portal_id = :portal_id and p.plan_id = d.plan_id
    join first f on p.run_id >= f.run_id
    where d.digest is distinct from p.digest or not exists (
        select 1 from event e
        where e.kind = d.kind and e.plan_id = d.plan_id
          and coalesce(e.fact ->> 'decided_us', d.decided_us) = d.decided_us
          and (e.kind = 'rejection' or (e.word = 'all') = d.all_rows))
    union all
    select e.sequence, format('the %s of plan %s is not stored any more', e.kind, e.plan_id)
    from event e
    where e.kind in ('approval', 'rejection') and not exists (
        select 1 from decision d where d.kind = e.kind and d.plan_id = e.plan_id)
    union all
    select 0, format('account %s of plan %s is stored as approved, and no event tells of it',
                     r.account_id, r.plan_id)
    from audit.decision_row r
    join event p on p.kind = 'plan' and p.plan_id = r.plan_id
    where r.portal_id = :portal_id and not exists (
        select 1 from event e
        where e.kind = 'approval' and e.plan_id = r.plan_id
          and json_typeof(e.fact -> 'accounts') = 'array'
          and (e.fact -> 'accounts')::jsonb ? r.account_id)
    union all
    select e.sequence, format('the override of %s for plan %s is not stored as it was', e.word,
                              e.plan_id)
    from event e
    left join audit.override o on o.portal_id = :portal_id and o.plan_id = e.plan_id
        and o.guard = e.word
    where e.kind = 'override'
      and (o.guard is null
           or coalesce(trim_scale(extract(epoch from o.at) * 1000000)::text, '')
              <> e.fact ->> 'decided_us')
    union all
    select 0, format('an override of %s for plan %s is stored, and no event tells of it', o.guard,
                     o.plan_id)
    from audit.override o
    join audit.plan p on p.portal_id = :portal_id and p.plan_id = o.plan_id
    join first f on p.run_id >= f.run_id
    where o.portal_id = :portal_id and not exists (
        select 1 from event e where e.kind = 'override' and e.plan_id = o.plan_id
        and e.word = o.guard))
select count(*) as decisions_findings,
       coalesce(string_agg(format('event %s: %s', sequence, says), E'\n' order by sequence, says)
                || E'\n', '') as decisions_told
from finding
\gset

-- What lasts: rulings, guards that people let go, announcements. Who and why is personal and comes below.
with event as (
    select e.sequence, e.kind, e.plan_id, e.position, e.account_id, e.word, e.fact
    from audit.event e
    where e.portal_id = :portal_id
      and e.kind in ('handed_in', 'ruling', 'ruling_end', 'acknowledgement',
                     'acknowledgement_end', 'announcement', 'announcement_end')),
-- Announcements of before the chain told of any: their plans were made by earlier runs.
told_since as (
    select coalesce(
        (select min(b.run_id) from audit.event b
         where b.portal_id = :portal_id and b.kind = 'run_begin'
           and b.sequence > (select max(m.sequence) from audit.event m
                             where m.portal_id = :portal_id and m.kind = 'migration'
                               and m.word = '0010_rulings')),
        case when exists (select 1 from audit.event m
                          where m.portal_id = :portal_id and m.kind = 'migration'
                            and m.word = '0010_rulings')
             then 9223372036854775807 else 0 end) as run_id),
-- When that was read of which a plan is made: by the record itself.
reading as materialized (
    select p.plan_id, s.fact ->> 'taken_us' as taken_us
    from audit.event p
    join audit.event s on s.portal_id = :portal_id and s.kind = 'snapshot'
        and s.fact ->> 'snapshot' = p.fact ->> 'snapshot'
    where p.portal_id = :portal_id and p.kind = 'plan'),
finding as (
    select e.sequence, format('ruling %s is not stored as it was given', e.fact ->> 'ruling_id')
        as says
    from event e
    left join audit.ruling r on r.portal_id = :portal_id and r.ruling_id::text = e.fact ->> 'ruling_id'
    where e.kind = 'ruling'
      and ((r.decision, r.account_id, trim_scale(extract(epoch from r.at) * 1000000)::text,
            coalesce(r.plan_id, 0), coalesce(r.position, 0), encode(r.subject, 'hex'), r.action,
            r.rule, encode(r.rule_text, 'hex'), r.address)
           is distinct from (e.word, e.account_id, e.fact ->> 'decided_us', e.plan_id, e.position,
                             e.fact ->> 'subject', e.fact ->> 'action', e.fact ->> 'rule',
                             e.fact ->> 'rule_text', e.fact ->> 'address')
           or (r.asks_login::text, r.asks_activity::text, trim_scale(extract(epoch from r.snapshot_at) * 1000000)::text,
               r.not_before::text, r.until::text, r.person_departed::text, r.also_departed::text,
               r.spread::text, r.nightly::text, r.expected_on::text, r.at_once::text,
               array_to_json(r.overrides)::text, r.handed_in_id::text)
              is distinct from (e.fact ->> 'asks_login',
                                coalesce(e.fact ->> 'asks_activity', 'false'),
                                e.fact ->> 'snapshot_us',
                                e.fact ->> 'not_before', e.fact ->> 'until',
                                e.fact ->> 'person_departed', e.fact ->> 'also_departed',
                                e.fact ->> 'spread', e.fact ->> 'nightly',
                                e.fact ->> 'expected_on', e.fact ->> 'at_once',
                                (e.fact -> 'overrides')::text, e.fact ->> 'handed_in_id'))
    union all
    select e.sequence, format('ruling %s says that what was looked at was read at another time than plan %s was made of',
                              e.fact ->> 'ruling_id', e.plan_id)
    from event e
    join reading d on d.plan_id = e.plan_id
    where e.kind = 'ruling' and e.fact ->> 'snapshot_us' <> d.taken_us
    union all
    select e.sequence, format('file %s is not stored as it was taken', e.fact ->> 'handed_in_id')
    from event e
    left join audit.handed_in h on h.portal_id = :portal_id
        and h.handed_in_id::text = e.fact ->> 'handed_in_id'
    where e.kind = 'handed_in'
      and (encode(h.content, 'hex'), trim_scale(extract(epoch from h.at) * 1000000)::text)
          is distinct from (e.fact ->> 'content', e.fact ->> 'taken_us')
    union all
    select e.sequence, format('the end of ruling %s is not stored as it was', e.fact ->> 'ruling_id')
    from event e
    left join audit.ruling r on r.portal_id = :portal_id and r.ruling_id::text = e.fact ->> 'ruling_id'
    where e.kind = 'ruling_end'
      and (r.account_id, r.end_word, trim_scale(extract(epoch from r.ended_at) * 1000000)::text)
          is distinct from (e.account_id, e.word, e.fact ->> 'ended_us')
    union all
    select e.sequence, format('acknowledgement %s is not stored as it was given',
                              e.fact ->> 'acknowledgement_id')
    from event e
    left join audit.acknowledgement a on a.portal_id = :portal_id
        and a.acknowledgement_id::text = e.fact ->> 'acknowledgement_id'
    where e.kind = 'acknowledgement'
      and (a.guard, a.plan_id, trim_scale(extract(epoch from a.at) * 1000000)::text, a.measure::text)
          is distinct from (e.word, e.plan_id, e.fact ->> 'decided_us', e.fact ->> 'measure')
    union all
    select e.sequence, format('the end of acknowledgement %s is not stored as it was',
                              e.fact ->> 'acknowledgement_id')
    from event e
    left join audit.acknowledgement a on a.portal_id = :portal_id
        and a.acknowledgement_id::text = e.fact ->> 'acknowledgement_id'
    where e.kind = 'acknowledgement_end'
      and trim_scale(extract(epoch from a.ended_at) * 1000000)::text
          is distinct from e.fact ->> 'ended_us'
    union all
    select e.sequence, format('announcement %s is not stored as it was made',
                              e.fact ->> 'announcement_id')
    from event e
    left join audit.announcement a on a.portal_id = :portal_id
        and a.announcement_id::text = e.fact ->> 'announcement_id'
    where e.kind = 'announcement'
      and (a.account_id, a.rule, coalesce(a.plan_id, 0), coalesce(a.position, 0),
           trim_scale(extract(epoch from a.announced_at) * 1000000)::text, a.announced_on::text,
           a.not_before::text, trim_scale(extract(epoch from a.login_at) * 1000000)::text, a.mode,
           a.action, a.to_profile)
          is distinct from (e.account_id, e.word, e.plan_id, e.position, e.fact ->> 'announced_us',
                            e.fact ->> 'announced_on', e.fact ->> 'not_before',
                            e.fact ->> 'login_us', e.fact ->> 'mode', e.fact ->> 'action',
                            e.fact ->> 'to_profile')
    union all
    select e.sequence, format('the end of announcement %s is not stored as it was',
                              e.fact ->> 'announcement_id')
    from event e
    left join audit.announcement a on a.portal_id = :portal_id
        and a.announcement_id::text = e.fact ->> 'announcement_id'
    where e.kind = 'announcement_end'
      and (a.account_id, a.ended_on::text) is distinct from (e.account_id, e.fact ->> 'ended_on')
    union all
    select max(sequence), format('a second %s of number %s', kind,
                                 coalesce(fact ->> 'ruling_id', fact ->> 'acknowledgement_id',
                                          fact ->> 'announcement_id', fact ->> 'handed_in_id'))
    from event
    group by kind, coalesce(fact ->> 'ruling_id', fact ->> 'acknowledgement_id',
                            fact ->> 'announcement_id', fact ->> 'handed_in_id')
    having count(*) > 1
    union all
    select 0, format('%s is stored, and no event tells of it', s.thing)
    from (
        select 'handed_in' as kind, 'handed_in_id' as key, h.handed_in_id::text as number,
               format('file %s', h.handed_in_id) as thing
        from audit.handed_in h where h.portal_id = :portal_id
        union all
        select 'ruling', 'ruling_id', r.ruling_id::text,
               format('ruling %s', r.ruling_id) as thing
        from audit.ruling r where r.portal_id = :portal_id
        union all
        select 'ruling_end', 'ruling_id', r.ruling_id::text,
               format('the end of ruling %s', r.ruling_id)
        from audit.ruling r where r.portal_id = :portal_id and r.ended_at is not null
        union all
        select 'acknowledgement', 'acknowledgement_id', a.acknowledgement_id::text,
               format('acknowledgement %s', a.acknowledgement_id)
        from audit.acknowledgement a where a.portal_id = :portal_id
        union all
        select 'acknowledgement_end', 'acknowledgement_id', a.acknowledgement_id::text,
               format('the end of acknowledgement %s', a.acknowledgement_id)
        from audit.acknowledgement a where a.portal_id = :portal_id and a.ended_at is not null
        union all
        select k.kind, 'announcement_id', a.announcement_id::text,
               format(k.thing, a.announcement_id)
        from audit.announcement a
        cross join told_since t
        cross join (values ('announcement', 'announcement %s'),
                           ('announcement_end', 'the end of announcement %s')) k(kind, thing)
        left join audit.plan p on p.portal_id = :portal_id and p.plan_id = a.plan_id
        where a.portal_id = :portal_id and coalesce(p.run_id >= t.run_id, true)
          and (k.kind = 'announcement' or a.ended_on is not null)) s
    where not exists (select 1 from event e
                      where e.kind = s.kind and e.fact ->> s.key = s.number))
select count(*) as rulings_findings,
       coalesce(string_agg(format('event %s: %s', sequence, says), E'\n' order by sequence, says)
                || E'\n', '') as rulings_told
from finding
\gset

-- Steps and acts. A step says what its events since the last intent said. To look into a fact takes far
-- longer than to hand its row from one process to another, so that processors are to share that.
set local parallel_tuple_cost = 0.01;
with event as (
    select e.sequence, e.kind, e.plan_id, e.account_id, e.word, e.fact
    from audit.event e
    where e.portal_id = :portal_id
      and e.kind in ('plan', 'override', 'approval', 'ruling', 'ruling_end')),
-- Each step that events tell of. Nearly all went as steps do (an intent, its outcome, that what was done
-- is verified) and are stored so: there nothing is to be found.
went as (
    select e.plan_id, e.position,
           (bool_and(a.is_so)
            and count(*) = case min(s.state) when 'intent' then 1 when 'verified' then 3 else 2 end
            and sum(a.part) = case min(s.state) when 'intent' then 1 when 'verified' then 111 else 11 end
            and coalesce(min(e.sequence) filter (where a.part = 1)
                         < max(e.sequence) filter (where a.part = 10), true)
            and coalesce(max(e.sequence) filter (where a.part = 10)
                         < max(e.sequence) filter (where a.part = 100), true)) is true as is_ordinary
    from audit.event e
    left join audit.step s on s.portal_id = :portal_id and s.plan_id = e.plan_id
        and s.position = e.position
    cross join lateral (
        select case when e.kind = 'intent' then 1 when e.word = 'verified' then 100 else 10 end as part,
               coalesce(
                   e.sequence is not null and s.account_id = e.account_id and s.run_id = e.run_id and s.run_id <> 0
                   and s.state not in ('planned', 'approved')
                   and (s.state = 'verified') = (s.verified_at is not null)
                   and (s.state <> 'intent' or (s.outcome_at is null and s.http_status is null))
                   and trim_scale(extract(epoch from case when e.kind = 'intent' then s.intent_at
                                                when e.word = 'verified' then s.verified_at
                                                else s.outcome_at end) * 1000000)::text
                       = e.fact ->> case e.kind when 'intent' then 'intent_us'
                                                else 'outcome_us' end
                   and s.action = case e.kind when 'intent' then e.word else e.fact ->> 'action' end
                   and case when e.kind = 'intent'
                            then (s.from_profile, s.to_profile)
                                 is not distinct from (e.fact ->> 'from_profile', e.fact ->> 'to_profile')
                            else e.fact ->> 'http_status' is not distinct from
                                 case when e.word <> 'verified' then s.http_status::text end
                                 and e.word not in ('approved', 'skipped', 'already')
                                 and e.word = case when s.state = 'verified' and e.word <> 'verified'
                                                   then 'done' else s.state end end,
                   false) as is_so) a
    where e.portal_id = :portal_id and e.kind in ('intent', 'outcome')
    group by e.plan_id, e.position),
-- The others; -1 stands for a number that somebody took out of an event.
odd as (
    select coalesce(plan_id, -1) as plan_id, coalesce(position, -1) as position from went
    where not is_ordinary),
-- The state of each of them after each event about it. Those that were never called, skipped and
-- already, are none.
steps as (
    select * from (
        select e.sequence, e.kind, e.plan_id, e.position, e.word,
               lag(case e.kind when 'intent' then 'intent' else e.word end)
                   over (partition by e.plan_id, e.position order by e.sequence) as state
        from audit.event e
        join odd o on o.plan_id = e.plan_id and o.position = e.position
        where e.portal_id = :portal_id
          and (e.kind = 'intent' or (e.kind = 'outcome' and e.word not in ('skipped', 'already')))) e
    where case when kind = 'intent' then state in ('intent', 'unknown')
               when word = 'verified' then coalesce(state, '') <> 'done'
               else coalesce(state, '') not in ('intent', 'unknown') end),
-- Of each fact only what is looked at, next to the step that it is about.
told as (
    select e.sequence, e.kind, e.run_id, e.plan_id, e.position, e.account_id, e.word,
           e.fact ->> case e.kind when 'intent' then 'intent_us' else 'outcome_us' end as at_us,
           case e.kind when 'outcome' then e.fact ->> 'http_status' end as http_status,
           s.plan_id is not null
           and s.action is distinct from case e.kind when 'intent' then e.word
                                              else e.fact ->> 'action' end as is_other,
           e.kind = 'intent' and s.plan_id is not null
           and (s.from_profile, s.to_profile)
               is distinct from (e.fact ->> 'from_profile', e.fact ->> 'to_profile') as is_of_another
    from audit.event e
    join odd o on o.plan_id = coalesce(e.plan_id, -1) and o.position = coalesce(e.position, -1)
    left join audit.step s on s.portal_id = :portal_id and s.plan_id = e.plan_id
        and s.position = e.position
    where e.portal_id = :portal_id and e.kind in ('intent', 'outcome')
    offset 0),
first as (
    select min(run_id) as run_id from audit.event
    where portal_id = :portal_id and kind = 'run_begin'),
about as (
    select told.*, max(sequence) over w as last, max(sequence) filter (where kind = 'intent') over w
               as last_intent,
           max(sequence) filter (where kind = 'outcome' and word not in ('approved', 'verified'))
               over w as last_outcome,
           max(sequence) filter (where http_status is not null) over w as last_answer
    from told
    window w as (partition by plan_id, position)),
-- One row for each step: its newest event, the intent and the outcome that stand.
standing as (
    select plan_id, position, max(sequence) as sequence,
           max(run_id) filter (where sequence = last) as run_id,
           max(account_id) filter (where sequence = last) as account_id,
           max(case kind when 'intent' then 'intent' else word end) filter (where sequence = last)
               as state,
           max(at_us) filter (where sequence = last_intent) as intent_us,
           max(at_us) filter (where sequence = last_outcome) as outcome_us,
           max(at_us) filter (where sequence = last and kind = 'outcome' and word = 'verified') as verified_us,
           max(http_status) filter (where sequence = last_answer
                                    and sequence > coalesce(last_intent, 0)) as http_status,
           array_agg(sequence) filter (where is_other) as other,
           array_agg(sequence) filter (where is_of_another) as of_another
    from about group by plan_id, position),
plan_approval as (
    select sequence, plan_id, word,
           case when json_typeof(fact -> 'accounts') = 'array'
                then (fact -> 'accounts')::jsonb end as accounts
    from event where kind = 'approval'),
made as (select plan_id from event where kind = 'plan'),
intent as (
    select i.sequence, i.plan_id, i.position, i.account_id, i.word, r.held_by,
           encode(r.subject, 'hex') as subject, r.approvals
    from audit.event i
    join made using (plan_id)
    left join audit.plan_row r on r.portal_id = :portal_id and r.plan_id = i.plan_id
        and r.position = i.position
    where i.portal_id = :portal_id and i.kind = 'intent'),
-- Rulings about the very subject of the row that stood when it was acted on.
stood as (
    select i.sequence, (g.fact -> 'overrides')::text as overrides
    from intent i
    join event g on g.kind = 'ruling' and g.word = 'approve' and g.account_id = i.account_id
        and g.fact ->> 'action' = i.word and g.fact ->> 'subject' = i.subject
        and g.sequence < i.sequence
    left join (select fact ->> 'ruling_id' as ruling_id, min(sequence) as sequence from event
               where kind = 'ruling_end' group by 1) x on x.ruling_id = g.fact ->> 'ruling_id'
    where coalesce(x.sequence > i.sequence, true)),
approved as (
    select sequence, count(*) as decisions
    from (select i.sequence
          from intent i
          join plan_approval a on a.plan_id = i.plan_id and a.sequence < i.sequence
              and (a.word = 'all' or a.accounts ? i.account_id)
          union all
          select sequence from stood) d
    group by sequence),
override as (
    select plan_id, word, min(sequence) as sequence from event
    where kind = 'override' group by plan_id, word),
-- What was done and the act that is stored of it, where one is without the other, or other than it. Where
-- all steps went as steps do, and all are told of, that of acts and steps is the same question, which does
-- not look into facts.
is_doubtful as (
    select (select count(*) from odd) > 0
           or (select count(*) from went)
              <> (select count(*) from audit.step s
                  where s.portal_id = :portal_id and s.state not in ('planned', 'approved'))
           or (select count(*)
               from (select plan_id, position, account_id, action, state, outcome_at from audit.step
                     where portal_id = :portal_id and state in ('done', 'verified')) s
               full join (select * from audit.act where portal_id = :portal_id) a
                   on a.plan_id = s.plan_id and a.account_id = s.account_id and a.action = s.action
               left join audit.plan_row r on r.portal_id = :portal_id and r.plan_id = s.plan_id
                   and r.position = s.position
               where s.state is null or a.act_id is null
                  or (a.done_at, a.rule, a.person_status, a.from_profile, a.to_profile, a.from_roles)
                     is distinct from (s.outcome_at, r.rule, r.person, r.from_profile_id, r.to_profile_id,
                                       case when r.to_profile_id is not null then r.roles end)) > 0
               as is_so),
done as (
    select e.sequence, e.plan_id, e.position, e.account_id, e.fact ->> 'action' as action,
           e.fact ->> 'outcome_us' as at_us
    from audit.event e
    where e.portal_id = :portal_id and e.kind = 'outcome' and e.word = 'done'
      and (select is_so from is_doubtful)),
unlike as (
    select d.sequence, d.position, coalesce(d.plan_id, a.plan_id) as plan_id, a.act_id
    from done d
    full join (select * from audit.act
               where portal_id = :portal_id and (select is_so from is_doubtful)) a
        on a.plan_id = d.plan_id and a.account_id = d.account_id and a.action = d.action
    left join audit.plan_row r on r.portal_id = :portal_id and r.plan_id = d.plan_id
        and r.position = d.position
    where d.sequence is null or a.act_id is null
       or (trim_scale(extract(epoch from a.done_at) * 1000000)::text, a.rule, a.person_status,
           a.from_profile, a.to_profile, a.from_roles)
          is distinct from (d.at_us, r.rule, r.person, r.from_profile_id, r.to_profile_id,
                            case when r.to_profile_id is not null then r.roles end)),
finding as (
    select sequence, format('a second intent for row %s of plan %s', position, plan_id) as says
    from steps where kind = 'intent' and state in ('intent', 'unknown')
    union all
    select sequence, format('row %s of plan %s is %s without an intent before it', position,
                            plan_id, word)
    from steps
    where kind = 'outcome' and word <> 'verified' and coalesce(state, '') not in ('intent', 'unknown')
      and not (word = 'done' and coalesce(state, '') = 'failed') -- told late, by the process that called
    union all
    select sequence, format('row %s of plan %s is verified without having been done', position,
                            plan_id)
    from steps where kind = 'outcome' and word = 'verified' and coalesce(state, '') <> 'done'
    union all
    select n.sequence, format('row %s of plan %s is not stored as it went', n.position, n.plan_id)
    from standing n
    left join audit.step s on s.portal_id = :portal_id and s.plan_id = n.plan_id
        and s.position = n.position
    where (s.account_id, case when s.state = 'planned' then 'approved' else s.state end, s.run_id,
           trim_scale(extract(epoch from s.intent_at) * 1000000)::text,
           trim_scale(extract(epoch from s.outcome_at) * 1000000)::text,
           trim_scale(extract(epoch from s.verified_at) * 1000000)::text, s.http_status::text)
          is distinct from (n.account_id, n.state, nullif(n.run_id, 0),
                            case when n.state not in ('approved', 'already', 'skipped')
                                 then n.intent_us end,
                            case when n.state not in ('intent', 'approved') then n.outcome_us end,
                            n.verified_us, n.http_status)
    union all
    select unnest(n.other), format('the action of row %s of plan %s is stored as another', n.position,
                                   n.plan_id)
    from standing n where n.other is not null
    union all
    select unnest(n.of_another), format('the profile of row %s of plan %s is stored as another',
                                        n.position, n.plan_id)
    from standing n where n.of_another is not null
    union all
    select 0, format('row %s of plan %s has a step that gives another profile', s.position,
                     s.plan_id)
    from audit.step s
    join audit.plan_row r on r.portal_id = :portal_id and r.plan_id = s.plan_id
        and r.position = s.position
    where s.portal_id = :portal_id
      and (s.from_profile, s.to_profile) is distinct from (r.from_profile_id, r.to_profile_id)
    union all
    select 0, format('row %s of plan %s is stored as %s, and no event tells of it', s.position,
                     s.plan_id, s.state)
    from audit.step s
    join audit.plan p on p.portal_id = :portal_id and p.plan_id = s.plan_id
    join first f on p.run_id >= f.run_id
    where s.portal_id = :portal_id and coalesce(s.state, '') not in ('planned', 'approved')
      and not exists (
        select 1 from went w where w.plan_id = s.plan_id and w.position = s.position)
    union all
    select i.sequence, format('row %s of plan %s was acted on with fewer approvals than it needs',
                              i.position, i.plan_id)
    from intent i
    join audit.plan p on p.portal_id = :portal_id and p.plan_id = i.plan_id
    left join approved a on a.sequence = i.sequence
    where coalesce(coalesce(a.decisions, 0) < coalesce(
        i.approvals, case i.word when 'deprovision' then p.approvals_deprovision
                                 when 'reactivate' then greatest(p.approvals_suspend, 1)
                                 when 'downgrade' then p.approvals_downgrade
                                 when 'restore' then greatest(p.approvals_downgrade, 1)
                                 else p.approvals_suspend end), true)
    union all
    select i.sequence, format('row %s of plan %s was acted on while %s held it', i.position,
                              i.plan_id, i.held_by)
    from intent i
    left join override o on o.plan_id = i.plan_id and o.word = i.held_by
    where i.held_by is not null and coalesce(o.sequence > i.sequence, true)
      and not exists (select 1 from stood g
                      where g.sequence = i.sequence
                        and strpos(g.overrides, '"' || i.held_by || '"') > 0)
    union all
    select 0, format('act %s is stored, and no outcome tells of it', u.act_id)
    from unlike u
    join audit.plan p on p.portal_id = :portal_id and p.plan_id = u.plan_id
    join first f on p.run_id >= f.run_id
    where u.sequence is null
    union all
    select u.sequence, format('row %s of plan %s was done, and no act is stored', u.position,
                              u.plan_id)
    from unlike u where u.act_id is null
    union all
    select u.sequence, format('act %s is not stored as it was done', u.act_id)
    from unlike u where u.sequence is not null and u.act_id is not null)
select count(*) as steps_findings,
       coalesce(string_agg(format('event %s: %s', sequence, says), E'\n' order by sequence, says)
                || E'\n', '') as steps_told
from finding
\gset

-- What is personal, for those who may see it: is it what was sealed, and is what is gone erased?
select has_table_privilege('audit.personal', 'select') as sees_personal
\gset
\set personal_findings 0
\set personal_told ''
\if :sees_personal
with erased as (
    select e.sequence as by, n.value as sequence
    from audit.event e
    cross join lateral json_array_elements_text(
        case when json_typeof(e.fact -> 'events') = 'array' then e.fact -> 'events'
             else '[]' end) n(value)
    where e.portal_id = :portal_id and e.kind in ('erasure', 'retention')),
event as (
    select e.sequence, e.kind, e.run_id, e.plan_id, e.position, e.word, e.sealed, e.fact,
           p.sequence is not null as is_there,
           e.sealed = sha256(p.salt || convert_to(p.value, 'UTF8')) as is_whole,
           case when e.sealed = sha256(p.salt || convert_to(p.value, 'UTF8'))
                then p.value::json end as says
    from audit.event e
    left join audit.personal p on p.portal_id = :portal_id and p.sequence = e.sequence
    where e.portal_id = :portal_id
      and (e.kind not in ('intent', 'outcome') or e.sealed is not null or p.sequence is not null)),
-- The last word of each person about a plan, of each step, of each run.
newest as (
    select distinct on (kind, run_id, plan_id, position, who) *
    from (select e.*, case when kind in ('approval', 'rejection') then says ->> 'who' else '' end
                          as who
          from event e where kind in ('approval', 'rejection', 'run_end', 'guard')) e
    where who is not null
    order by kind, run_id, plan_id, position, who, sequence desc),
-- The last event of each step that has a reason, or might have one.
last_step as (
    select e.plan_id, e.position, max(e.sequence) as sequence,
           coalesce(max(e.sequence) filter (where e.sealed is null) = max(e.sequence), false)
               as is_bare
    from audit.event e
    join (select s.plan_id, s.position from audit.step s
          where s.portal_id = :portal_id and s.reason is not null
          union
          select plan_id, position from event where kind in ('intent', 'outcome')) s
        on s.plan_id = e.plan_id and s.position = e.position
    where e.portal_id = :portal_id and e.kind in ('intent', 'outcome')
    group by e.plan_id, e.position),
finding as (
    select e.sequence, 'what is personal about it was changed' as says
    from event e where e.is_there and e.is_whole is distinct from true
    union all
    select e.sequence, 'what is personal about it is gone, and no erasure tells of it'
    from event e
    where e.sealed is not null and not e.is_there
      and not exists (select 1 from erased x
                      where x.sequence = e.sequence::text and x.by > e.sequence)
    union all
    select n.sequence, format('the message of run %s is stored as another', n.run_id)
    from newest n
    join audit.run r on r.portal_id = :portal_id and r.run_id = n.run_id
    where n.kind = 'run_end' and (n.is_whole or n.sealed is null)
      and r.message is distinct from n.says ->> 'reason'
    union all
    select n.sequence, format('guard finding %s of plan %s is stored with other words', n.position,
                              n.plan_id)
    from newest n
    join audit.guard g on g.portal_id = :portal_id and g.plan_id = n.plan_id
        and g.position = n.position
    where n.kind = 'guard' and n.is_whole
      and (g.limit_is, g.actual, g.sentence)
          is distinct from (n.says ->> 'limit', n.says ->> 'actual', n.says ->> 'sentence')
    union all
    select n.sequence, format('the %s of plan %s is not stored as it was made, or as somebody else''s',
                              n.kind, n.plan_id)
    from newest n
    left join audit.decision d on d.portal_id = :portal_id and d.plan_id = n.plan_id
        and d.decision = case n.kind when 'approval' then 'approve' else 'reject' end
        and d.who = n.says ->> 'who'
    where n.kind in ('approval', 'rejection')
      and (d.who is null or d.reason is distinct from n.says ->> 'reason'
           or trim_scale(extract(epoch from d.decided_at) * 1000000)::text
              <> n.fact ->> 'decided_us'
           or (n.kind = 'approval' and d.all_rows <> (n.word = 'all'))
           or (n.word = 'some'
               and (select string_agg(r.account_id, ' ' order by r.account_id)
                    from audit.decision_row r
                    where r.portal_id = :portal_id and r.plan_id = n.plan_id and r.who = d.who)
                   is distinct from
                   (select string_agg(distinct v, ' ' order by v)
                    from json_array_elements_text(
                        case when json_typeof(n.fact -> 'accounts') = 'array'
                             then n.fact -> 'accounts' else '[]' end) v)))
    union all
    select 0, format('a decision (%s) about plan %s is stored as of somebody that no event names',
                     d.decision, d.plan_id)
    from audit.decision d
    join event p on p.kind = 'plan' and p.plan_id = d.plan_id
    where d.portal_id = :portal_id and not exists (
        select 1 from event e
        where e.plan_id = d.plan_id
          and e.kind = case d.decision when 'approve' then 'approval' else 'rejection' end
          and (e.says ->> 'who' = d.who or (e.says is null and d.who like 'erased:%')))
    union all
    select n.sequence, format('the override of %s for plan %s is stored with another name or reason',
                              n.word, n.plan_id)
    from event n
    join audit.override o on o.portal_id = :portal_id and o.plan_id = n.plan_id and o.guard = n.word
    where n.kind = 'override' and n.is_whole
      and (o.who, o.reason) is distinct from (n.says ->> 'who', n.says ->> 'reason')
    union all
    select n.sequence, format('row %s of plan %s is stored with another reason', n.position,
                              n.plan_id)
    from last_step n
    join audit.step s on s.portal_id = :portal_id and s.plan_id = n.plan_id and s.position = n.position
    left join event e on e.sequence = n.sequence
    where (e.is_whole or n.is_bare) and s.reason is distinct from e.says ->> 'reason'
    union all
    select n.sequence, format('ruling %s is stored with another name, reason or subject',
                              r.ruling_id)
    from event n
    join audit.ruling r on r.portal_id = :portal_id and r.ruling_id::text = n.fact ->> 'ruling_id'
    where n.kind = 'ruling' and n.is_whole
      and (r.who, r.reason, r.about)
          is distinct from (n.says ->> 'who', n.says ->> 'reason', n.says ->> 'about')
    union all
    select n.sequence, format('file %s is stored with another name, key or signature',
                              h.handed_in_id)
    from event n
    join audit.handed_in h on h.portal_id = :portal_id
        and h.handed_in_id::text = n.fact ->> 'handed_in_id'
    where n.kind = 'handed_in' and n.is_whole
      and (h.who, h.name, h.key, h.signature)
          is distinct from (n.says ->> 'who', n.says ->> 'name', n.says ->> 'key',
                            n.says ->> 'signature')
    union all
    select n.sequence, format('the end of ruling %s is stored with another name or reason',
                              r.ruling_id)
    from event n
    join audit.ruling r on r.portal_id = :portal_id and r.ruling_id::text = n.fact ->> 'ruling_id'
    where n.kind = 'ruling_end' and n.is_whole
      and (r.ended_by, r.end_reason) is distinct from (n.says ->> 'who', n.says ->> 'reason')
    union all
    select n.sequence, format('%s %s is stored with another name or reason', n.kind,
                              a.acknowledgement_id)
    from event n
    join audit.acknowledgement a on a.portal_id = :portal_id
        and a.acknowledgement_id::text = n.fact ->> 'acknowledgement_id'
    where n.is_whole
      and (n.kind = 'acknowledgement'
           and (a.who, a.reason, a.cause)
               is distinct from (n.says ->> 'who', n.says ->> 'reason', n.says ->> 'cause')
           or n.kind = 'acknowledgement_end'
              and a.end_reason is distinct from n.says ->> 'reason')
    union all
    select n.sequence, format('the end of announcement %s is stored with another reason',
                              a.announcement_id)
    from event n
    join audit.announcement a on a.portal_id = :portal_id
        and a.announcement_id::text = n.fact ->> 'announcement_id'
    where n.kind = 'announcement_end' and n.is_whole
      and a.ended_reason is distinct from n.says ->> 'reason')
select count(*) as personal_findings,
       coalesce(string_agg(format('event %s: %s', sequence, says), E'\n' order by sequence)
                || E'\n', '') as personal_told
from finding
\gset
\endif
commit;

\echo -n :told
\echo -n :readings_told
\echo -n :plans_told
\echo -n :decisions_told
\echo -n :rulings_told
\echo -n :steps_told
\echo -n :personal_told
select n as findings, n > 0 as is_bad, case n when 1 then 'finding' else 'findings' end as word
from (select :findings + :readings_findings + :plans_findings + :decisions_findings
             + :rulings_findings + :steps_findings + :personal_findings as n) n
\gset
\echo :events events, :findings :word, head :head_is
\if :is_bad
    do $$ begin raise exception 'the record is not what was written'; end $$;
\endif
