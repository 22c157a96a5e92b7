-- How every portal stands, a row each, by what is recorded: its newest runs, snapshot and plan, the guards
-- that hold that plan, the rows of it that wait for a person on day $1, and acts whose outcome nobody knows.
-- The acting run is the newest that may act, whatever people planned by hand since.
-- A row waits that acts, is held by no guard, was not tried, has not the approvals it needs, and that
-- nobody keeps or rejected. What was set aside for another name runs no more.
select p.portal_id, p.name as portal,
       coalesce(r.run_id, 0) as run_id, r.verb, us(r.started_at) as started_at,
       us(r.finished_at) as finished_at, r.exit_code,
       r.message, b.exit_code as acting_exit_code, coalesce(b.run_id, 0) as acting_run_id,
       us(n.last_success) as last_success,
       us(s.taken_at) as taken_at, coalesce(s.complete, false) as complete,
       coalesce(s.accounts, 0) as accounts, coalesce(s.active, 0) as active,
       coalesce(l.plan_id, 0) as plan_id, l.state, us(l.created_at) as created_at,
       encode(l.digest, 'hex') as digest,
       l.today::text as today, g.held_by,
       coalesce(w.waiting, 0) as waiting, coalesce(w.due, 0) as due,
       coalesce(o.open_steps, 0) as open_steps
from portal p
left join (
    select portal_id, max(run_id) as run_id,
           max(run_id) filter (where verb in ('run', 'apply')) as acting_run_id,
           max(finished_at) filter (where verb = 'run' and exit_code in (0, 20)) as last_success
    from run group by portal_id) n on n.portal_id = p.portal_id
left join run r on r.portal_id = p.portal_id and r.run_id = n.run_id
left join run b on b.portal_id = p.portal_id and b.run_id = n.acting_run_id
left join (
    select portal_id, max(snapshot_id) as snapshot_id
    from snapshot group by portal_id) m on m.portal_id = p.portal_id
left join snapshot s on s.portal_id = p.portal_id and s.snapshot_id = m.snapshot_id
left join (
    select portal_id, max(plan_id) as plan_id
    from plan group by portal_id) k on k.portal_id = p.portal_id
left join plan l on l.portal_id = p.portal_id and l.plan_id = k.plan_id
left join (
    select h.portal_id, string_agg(h.guard, ' ' order by h.position) as held_by
    from (select portal_id, max(plan_id) as plan_id from plan group by portal_id) a
    join plan_guard h on h.portal_id = a.portal_id and h.plan_id = a.plan_id
    where h.hold group by h.portal_id) g on g.portal_id = p.portal_id
left join (
    select x.portal_id, count(*) as waiting,
           count(*) filter (where x.not_before is null or x.not_before <= $1::date) as due
    from (select portal_id, max(plan_id) as plan_id from plan group by portal_id) a
    join plan_row x on x.portal_id = a.portal_id and x.plan_id = a.plan_id
    where x.action <> 'keep' and x.held_by is null and coalesce(x.approvals, 1) > 0
      and not exists (
          select 1 from step t
          where t.portal_id = x.portal_id and t.plan_id = x.plan_id and t.position = x.position
            and t.state <> 'approved')
      and not exists (
          select 1 from ruling j
          where j.portal_id = x.portal_id and j.account_id = x.account_id and j.ended_at is null
            and j.until >= $1::date
            and (j.kind = 'reject' and j.action = x.action
                     and (j.rule = x.rule or j.rule_text = x.rule_text)
                 or j.kind = 'keep'
                     and (x.of_login or coalesce(x.person, '') not in ('departed', 'absent')
                          or j.person_departed or j.also_departed)))
      and coalesce(x.approvals, 1) > (
          select count(distinct v.who) from ruling v
          where v.portal_id = x.portal_id and v.account_id = x.account_id and v.kind = 'approve'
            and v.ended_at is null and v.subject = x.subject and v.action = x.action
            and (v.address is null or v.address = (select u.url from portal u where u.portal_id = x.portal_id)))
    group by x.portal_id) w on w.portal_id = p.portal_id
left join (
    select portal_id, count(*) as open_steps
    from step where state in ('intent', 'unknown') group by portal_id) o on o.portal_id = p.portal_id
where p.set_aside_at is null
order by p.name collate "C", p.portal_id
