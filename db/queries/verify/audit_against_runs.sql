-- Runs, snapshots, rosters and migrations: is each stored as the chain tells of it, and is none there
-- that it does not tell of? Facts are compared as text, so that no forged one stops the question.
with event as (
    select e.sequence, e.kind, e.run_id, e.word, e.fact, e.sealed is null as says_nothing,
           case when e.sealed = sha256(p.salt || convert_to(p.value, 'UTF8'))
                then p.value::json ->> 'reason' end as reason,
           p.sequence is not null as has_personal
    from audit_event e
    left join audit_private p on p.portal_id = $1::bigint and p.sequence = e.sequence
    where e.portal_id = $1::bigint
      and e.kind in ('run_begin', 'run_end', 'snapshot', 'roster', 'migration')),
first as (select min(run_id) as run_id from event where kind = 'run_begin'),
compared as (
    select e.sequence, format('run %s', e.run_id) as thing, r.run_id is null as is_gone,
           concat_ws(', ', case when r.verb is distinct from e.word then 'verb' end,
                     case when r.today::text is distinct from e.fact ->> 'today' then 'today' end,
                     case when checked_us(r.started_at)::text is distinct from e.fact ->> 'started_us'
                          then 'started_at' end) as other
    from event e
    left join run r on r.portal_id = $1::bigint and r.run_id = e.run_id
    where e.kind = 'run_begin'
    union all
    select e.sequence, format('the end of run %s', e.run_id), r.run_id is null,
           concat_ws(', ', case when r.exit_code::text is distinct from e.word
                                then 'exit_code' end,
                     case when checked_us(r.finished_at)::text is distinct from e.fact ->> 'finished_us'
                          then 'finished_at' end,
                     case when r.requests::text is distinct from e.fact ->> 'requests'
                          then 'requests' end,
                     case when e.fact ->> 'blocked' is distinct from r.blocked::text
                               and e.fact ->> 'blocked' is not null then 'blocked' end,
                     case when (e.has_personal or e.says_nothing)
                               and r.message is distinct from e.reason then 'message' end)
    from event e
    left join run r on r.portal_id = $1::bigint and r.run_id = e.run_id
    where e.kind = 'run_end'
    union all
    select e.sequence, format('snapshot %s', e.fact ->> 'snapshot'), s.snapshot_id is null,
           concat_ws(', ', case when s.run_id is distinct from e.run_id then 'run_id' end,
                     case when checked_us(s.taken_at)::text is distinct from e.fact ->> 'taken_us'
                          then 'taken_at' end,
                     case when s.complete is distinct from (e.word = 'complete') then 'complete' end,
                     case when s.accounts::text is distinct from e.fact ->> 'accounts'
                          then 'accounts' end,
                     case when s.active::text is distinct from e.fact ->> 'active' then 'active' end,
                     case when coalesce(s.inactive::text, '') <> e.fact ->> 'inactive'
                          then 'inactive' end,
                     case when coalesce(s.unreadable::text, '') <> e.fact ->> 'unreadable'
                          then 'unreadable' end,
                     case when s.gone::text is distinct from e.fact ->> 'gone' then 'gone' end,
                     case when coalesce(s.nameless::text, '') <> e.fact ->> 'nameless'
                          then 'nameless' end,
                     case when coalesce(s.requests::text, '') <> e.fact ->> 'requests'
                          then 'requests' end,
                     case when coalesce(s.logins_read::text, '') <> e.fact ->> 'logins_read'
                          then 'logins_read' end,
                     case when encode(s.digest, 'hex') is distinct from e.fact ->> 'digest'
                          then 'digest' end)
    from event e
    left join snapshot s on s.portal_id = $1::bigint
        and s.snapshot_id::text = e.fact ->> 'snapshot'
    where e.kind = 'snapshot'
    union all
    select e.sequence, format('roster %s', e.fact ->> 'roster'), r.roster_id is null,
           concat_ws(', ', case when r.run_id is distinct from e.run_id then 'run_id' end,
                     case when checked_us(r.read_at)::text is distinct from e.fact ->> 'read_us'
                          then 'read_at' end,
                     case when r.good is distinct from (e.word = 'good') then 'good' end,
                     case when r.people::text is distinct from e.fact ->> 'people' then 'people' end,
                     case when r.rejected::text is distinct from e.fact ->> 'rejected'
                          then 'rejected' end,
                     case when encode(r.digest, 'hex') is distinct from e.fact ->> 'digest'
                          then 'digest' end)
    from event e
    left join roster r on r.portal_id = $1::bigint and r.roster_id::text = e.fact ->> 'roster'
    where e.kind = 'roster'
    union all
    select e.sequence, format('migration %s', e.word), m.version is null,
           concat_ws(', ', case when m.version::text is distinct from e.fact ->> 'version'
                          then 'version' end,
                     case when m.sha256 is distinct from e.fact ->> 'sha256' then 'sha256' end,
                     case when m.program_version is distinct from e.fact ->> 'program'
                          then 'program_version' end)
    from event e
    left join migration m on m.name = e.word
    where e.kind = 'migration')
select sequence, format(case when is_gone then '%s is not stored any more'
                             else '%s is not stored as it was recorded: %s' end, thing, other) as sentence
from compared
where is_gone or other <> ''
union all
select 0, format('run %s is stored, and no event tells that it began', r.run_id)
from run r
join first f on coalesce(r.run_id >= f.run_id, r.run_id is null)
where r.portal_id = $1::bigint and not exists (
    select 1 from event e where e.kind = 'run_begin' and e.run_id = r.run_id)
union all
select 0, format('run %s is stored as finished, and no event tells of that', r.run_id)
from run r
join first f on coalesce(r.run_id >= f.run_id, r.run_id is null)
where r.portal_id = $1::bigint and r.finished_at is not null and not exists (
    select 1 from event e where e.kind = 'run_end' and e.run_id = r.run_id)
union all
select 0, format('snapshot %s is stored, and no event tells of it', s.snapshot_id)
from snapshot s
join first f on coalesce(s.run_id >= f.run_id, s.run_id is null)
where s.portal_id = $1::bigint and not exists (
    select 1 from event e
    where e.kind = 'snapshot' and e.fact ->> 'snapshot' = s.snapshot_id::text)
union all
select 0, format('roster %s is stored, and no event tells of it', r.roster_id)
from roster r
join first f on coalesce(r.run_id >= f.run_id, r.run_id is null)
where r.portal_id = $1::bigint and not exists (
    select 1 from event e where e.kind = 'roster' and e.fact ->> 'roster' = r.roster_id::text)
order by 1, 2
