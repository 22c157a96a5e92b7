-- What the guards compare with: what was accepted. A run that a guard held is not compared with, or a
-- brake would let go by itself on the second try, and one run with a wrong clock would stop all later
-- ones; unless a person let it go, then what was found is the base of the next comparison. What 'plan'
-- reads is a question and no base, but until the first run there is no other.
with made as materialized (
    select p.plan_id, p.run_id, p.roster_id, p.roster_digest, p.roster_content,
           o.content as roster_values, p.policy_text, p.created_at
    from plan p
    join run r on r.portal_id = $1::bigint and r.run_id = p.run_id
    join roster o on o.portal_id = $1::bigint and o.roster_id = p.roster_id
    where p.portal_id = $1::bigint and r.verb in ('run', 'apply')),
counted as materialized (
    select r.run_id
    from run r
    where r.portal_id = $1::bigint
      and (r.verb in ('run', 'apply') or not exists (select 1 from made))),
let_go as materialized (
    select plan_id, guard from guard_override where portal_id = $1::bigint
    union
    select plan_id, guard from acknowledgement where portal_id = $1::bigint),
held as materialized (
    select p.plan_id, p.snapshot_id, g.guard
    from plan_guard g
    join plan p on p.portal_id = $1::bigint and p.plan_id = g.plan_id
    where g.portal_id = $1::bigint and g.hold
      and not exists (select 1 from let_go l where l.plan_id = g.plan_id and l.guard = g.guard)),
last_snapshot as (
    select s.accounts, s.taken_at
    from snapshot s
    join counted c on c.run_id = s.run_id
    where s.portal_id = $1::bigint and s.complete
      and not exists (select 1 from held h where h.snapshot_id = s.snapshot_id
                        and h.guard in ('G4', 'G14'))
    order by s.snapshot_id desc limit 1),
last_matched as (
    select s.matched_percent, s.taken_at
    from snapshot s
    join counted c on c.run_id = s.run_id
    where s.portal_id = $1::bigint and s.matched_percent is not null
      and not exists (select 1 from held h where h.snapshot_id = s.snapshot_id
                        and h.guard in ('G6', 'G14'))
    order by s.snapshot_id desc limit 1),
last_roster as (
    select m.plan_id, m.roster_digest, m.roster_content, m.roster_values
    from made m
    join roster r on r.portal_id = $1::bigint and r.roster_id = m.roster_id
    where r.good or exists (select 1 from let_go l where l.plan_id = m.plan_id and l.guard = 'G1')
    order by m.plan_id desc limit 1),
last_policy as (
    select m.plan_id, m.policy_text
    from made m
    where m.policy_text is not null
      and not exists (select 1 from held h where h.plan_id = m.plan_id and h.guard = 'policy')
    order by m.plan_id desc limit 1)
select not exists (select 1 from plan where portal_id = $1::bigint) as first_plan,
       coalesce((select r.people from roster r
                 join counted c on c.run_id = r.run_id
                 where r.portal_id = $1::bigint
                   and (r.good or exists (select 1 from plan p
                                          join let_go l on l.plan_id = p.plan_id and l.guard = 'G2'
                                          where p.portal_id = $1::bigint
                                            and p.roster_id = r.roster_id))
                 order by r.roster_id desc limit 1), -1) as last_roster_people,
       (select us(min(read_at)) from roster
        where portal_id = $1::bigint
          and roster_id > coalesce((select max(r.roster_id) from roster r
                                    join counted c on c.run_id = r.run_id
                                    where r.portal_id = $1::bigint
                                      and r.digest <> decode($2, 'hex')), 0)
          and digest = decode($2, 'hex')) as same_bytes_since,
       (select us(max(m.created_at)) from made m
        join last_roster l on m.plan_id < l.plan_id
        where l.roster_digest <> decode($2, 'hex') and l.roster_content <> decode($3, 'hex')
          and l.roster_values is distinct from decode($5, 'hex')
          and (m.roster_digest = decode($2, 'hex') or m.roster_content = decode($3, 'hex')
               or m.roster_values = decode($5, 'hex'))) as older_copy_of,
       coalesce((select accounts from last_snapshot), -1) as last_snapshot_accounts,
       (select count(*) from act a
        join last_snapshot s on a.done_at > s.taken_at
        where a.portal_id = $1::bigint and a.action = 'deprovision') as deprovisioned_since,
       coalesce((select matched_percent::numeric from last_matched), -1) as last_matched_percent,
       (select us(taken_at) from last_matched) as matched_at,
       (select us(min(taken_at)) from snapshot
        where portal_id = $1::bigint and complete) as history_since,
       (select p.today::text from plan p
        join counted c on c.run_id = p.run_id
        where p.portal_id = $1::bigint
          and not exists (select 1 from held h where h.plan_id = p.plan_id and h.guard = 'G13')
        order by p.plan_id desc limit 1) as last_run_day,
       (select us(max(m.created_at)) from made m
        join last_policy l on m.plan_id < l.plan_id
        where l.policy_text <> decode($4, 'hex')
          and m.policy_text = decode($4, 'hex')) as policy_seen_at,
       exists (select 1 from counted where run_id = $6::bigint) as is_base
