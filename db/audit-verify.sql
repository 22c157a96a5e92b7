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
begin transaction isolation level repeatable read read only;

with chain as (
    select e.sequence, e.kind, e.plan_id, e.position, e.word, e.at, e.hash, e.previous, e.version,
           lag(e.sequence, 1, 0::bigint) over w as before,
           lag(e.hash, 1, decode(repeat('00', 32), 'hex')) over w as before_hash,
           lag(e.at, 1, e.at) over w as before_at,
           sha256(
               '\x0000000000000008' || int8send(e.version)
               || '\x0000000000000008' || int8send(e.portal_id)
               || '\x0000000000000008' || int8send(e.sequence)
               || int8send(length(e.previous)::bigint) || e.previous
               || '\x0000000000000008'
               || int8send((extract(epoch from e.at) * 1000000)::bigint)
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
               || coalesce(int8send(length(e.sealed)::bigint) || e.sealed, '\xffffffffffffffff')
           ) as should_be
    from audit.event e
    where e.portal = :'portal'
    window w as (order by e.sequence)),
-- The state of a step after each event about it; skipped and already are those that were never called.
steps as (
    select sequence, kind, plan_id, position, word,
           lag(case kind when 'intent' then 'intent' else word end)
               over (partition by plan_id, position order by sequence) as state
    from chain
    where kind = 'intent' or (kind = 'outcome' and word not in ('skipped', 'already'))),
anchor as (
    select nullif(split_part(:'head', ':', 1), '')::bigint as sequence,
           decode(split_part(:'head', ':', 2), 'hex') as hash
    where :'head' <> ''),
last as (
    select coalesce(max(sequence), 0) as sequence, count(*) as count,
           (array_agg(hash order by sequence desc))[1] as hash
    from (select sequence, hash from chain order by sequence desc) c),
finding as (
    select sequence, 'the version is one that there is not' as says from chain where version <> 1
    union all
    select sequence, 'the kind is none' from chain
    where kind not in ('portal', 'migration', 'run_begin', 'run_end', 'snapshot', 'roster', 'plan',
                       'guard', 'override', 'approval', 'rejection', 'intent', 'outcome',
                       'erasure', 'retention')
    union all
    select sequence, 'the number was given before: forked, or repeated' from chain
    where sequence <= before
    union all
    select before + 1, 'events are missing, up to ' || sequence - 1 from chain
    where sequence > before + 1
    union all
    select sequence, 'it does not follow the event before it: the hash it names is another'
    from chain where previous <> before_hash
    union all
    select sequence, 'it was changed: its hash is not that of what it says'
    from chain where hash <> should_be
    union all
    select sequence, 'the clock moved back' from chain where at < before_at
    union all
    select sequence, format('a second intent for row %s of plan %s', position, plan_id)
    from steps where kind = 'intent' and state in ('intent', 'unknown')
    union all
    select sequence, format('row %s of plan %s is %s without an intent before it', position,
                            plan_id, word)
    from steps
    where kind = 'outcome' and word <> 'verified' and coalesce(state, '') not in ('intent', 'unknown')
    union all
    select sequence, format('row %s of plan %s is verified without having been done', position,
                            plan_id)
    from steps where kind = 'outcome' and word = 'verified' and coalesce(state, '') <> 'done'
    union all
    select c.sequence, 'its hash is not the one kept outside: made anew from here or before'
    from chain c join anchor a using (sequence) where c.hash <> a.hash
    union all
    select a.sequence, format('it was there when the head was kept outside, and the chain ends at '
                              '%s: cut off, or an older backup', l.sequence)
    from anchor a, last l where a.sequence > l.sequence
    union all
    select l.sequence, 'the head of the chain says something else'
    from last l
    left join audit.head h on h.portal = :'portal'
    where l.sequence <> coalesce(h.sequence, 0) or l.count <> coalesce(h.count, 0)
       or l.hash <> h.hash
    union all
    select e.sequence, format('plan %s is not stored as it was made', e.plan_id)
    from audit.event e
    left join audit.plan p on p.portal = e.portal and p.plan_id = e.plan_id
    where e.portal = :'portal' and e.kind = 'plan'
      and encode(p.digest, 'hex') is distinct from e.fact ->> 'digest'
    union all
    select a.sequence, format('what was approved is not plan %s as it was made', a.plan_id)
    from audit.event a
    left join audit.event p on p.portal = a.portal and p.kind = 'plan' and p.plan_id = a.plan_id
    where a.portal = :'portal' and a.kind = 'approval'
      and (p.fact ->> 'digest' is distinct from a.fact ->> 'digest' or p.sequence > a.sequence)
    union all
    select 0, format('a decision about plan %s is about another digest', d.plan_id)
    from audit.decision d
    join audit.plan p on p.portal = d.portal and p.plan_id = d.plan_id
    where d.portal = :'portal' and d.digest <> p.digest
    union all
    select 0, format('act %s is stored, and no outcome tells of it', a.act_id)
    from audit.act a
    where a.portal = :'portal' and a.plan_id is not null and not exists (
        select from audit.event e
        where e.portal = a.portal and e.kind = 'outcome' and e.word = 'done'
          and e.plan_id = a.plan_id and e.account_id = a.account_id)
    union all
    select e.sequence, format('row %s of plan %s was done, and no act is stored', e.position,
                              e.plan_id)
    from audit.event e
    where e.portal = :'portal' and e.kind = 'outcome' and e.word = 'done' and not exists (
        select from audit.act a
        where a.portal = e.portal and a.plan_id = e.plan_id and a.account_id = e.account_id))
select (select count(*) from finding) as findings,
       coalesce((select string_agg(
           case when sequence = 0 then 'chain: ' || says
                else format('event %s: %s', sequence, says) end, E'\n' order by sequence, says)
           || E'\n' from finding), '') as told,
       l.count as events, l.sequence || ':' || coalesce(encode(l.hash, 'hex'), '') as head_is
from last l
\gset

-- What is personal, for those who may see it: is it what was sealed, and is what is gone erased?
select has_table_privilege('audit.personal', 'select') as sees_personal
\gset
\set personal_findings 0
\set personal_told ''
\if :sees_personal
with erased as (
    select e.sequence as by, n::text::bigint as sequence
    from audit.event e, json_array_elements(e.fact -> 'events') n
    where e.portal = :'portal' and e.kind in ('erasure', 'retention')),
finding as (
    select e.sequence, 'what is personal about it was changed' as says
    from audit.event e
    join audit.personal p on p.portal_id = e.portal_id and p.sequence = e.sequence
    where e.portal = :'portal'
      and e.sealed is distinct from sha256(p.salt || convert_to(p.value, 'UTF8'))
    union all
    select e.sequence, 'what is personal about it is gone, and no erasure tells of it'
    from audit.event e
    left join audit.personal p on p.portal_id = e.portal_id and p.sequence = e.sequence
    where e.portal = :'portal' and e.sealed is not null and p.sequence is null
      and not exists (select from erased x where x.sequence = e.sequence and x.by > e.sequence))
select count(*) as personal_findings,
       coalesce(string_agg(format('event %s: %s', sequence, says), E'\n' order by sequence)
                || E'\n', '') as personal_told
from finding
\gset
\endif
commit;

\echo -n :told
\echo -n :personal_told
select :findings + :personal_findings as findings, :findings + :personal_findings > 0 as is_bad
\gset
\echo :events events, :findings findings, head :head_is
\if :is_bad
    do $$ begin raise exception 'the record is not what was written'; end $$;
\endif
