-- Plans that the chain tells of and that are there: each must still say what it said. One that has nothing
-- where something must stand says nothing at all, and cannot be loaded.
with hollow as (
    select r.plan_id from plan_row r
    join plan p on p.portal_id = $1::bigint and p.plan_id = r.plan_id
    where r.portal_id = $1::bigint
      and (num_nulls(r.position, r.action, r.finding, r.new_announcement, r.uses_person,
                     r.uses_login, r.asks_login, r.of_login, r.used_after_departure,
                     r.asks_activity) > 0
           or p.version >= 4 and r.approvals is null)
    union all
    select r.plan_id from plan_row r
    where r.portal_id = $1::bigint
      and not (isfinite(r.not_before) and isfinite(r.last_login) and isfinite(r.last_activity))
    union all
    select g.plan_id from plan_guard g
    where g.portal_id = $1::bigint
      and num_nulls(g.position, g.guard, g.hold, g.measure, g.acknowledgement_id) > 0
    union all
    select i.plan_id from plan_idle i
    where i.portal_id = $1::bigint and num_nulls(i.position, i.accounts) > 0
    union all
    select n.plan_id from plan_note n
    where n.portal_id = $1::bigint and num_nulls(n.position, n.sentence) > 0
    union all
    select c.plan_id from plan_curve c
    where c.portal_id = $1::bigint
      and num_nulls(c.position, c.days, c.acts, c.seats, c.idle, c.unread, c.later, c.held, c.kept) > 0
    union all
    select s.plan_id from plan_class s
    where s.portal_id = $1::bigint and num_nulls(s.position, s.seats, s.seats_after) > 0
    union all
    select w.plan_id from plan_renewal w
    where w.portal_id = $1::bigint
      and num_nulls(w.position, w.renews, w.starters, w.at_work, w.planned, w.leaving, w.starting,
                    w.expected) > 0
    union all
    select w.plan_id from plan_renewal w
    where w.portal_id = $1::bigint and not isfinite(w.renews))
select e.sequence, e.plan_id,
       num_nulls(p.run_id, p.state, p.digest, p.created_at, p.today, p.first_plan,
                 p.approvals_suspend, p.approvals_deprovision, p.approvals_downgrade,
                 p.snapshot_id, p.snapshot_complete, p.snapshot_digest, p.accounts, p.active,
                 p.inactive, p.gone, p.unreadable, p.requests, p.roster_id, p.roster_digest,
                 p.people, p.rejected, p.duplicates, p.roster_content, p.policy_digest, p.enforce,
                 p.keep, p.suspend, p.deprovision, p.reactivate, p.downgrade, p.restore,
                 p.waiting, p.findings, p.seats_now, p.seats_after, p.idle_never, p.idle_unknown,
                 p.rows, p.version) > 0
       or not isfinite(p.today)
       or p.plan_id in (select h.plan_id from hollow h where h.plan_id is not null) as is_hollow
from audit_event e
join plan p on p.portal_id = $1::bigint and p.plan_id = e.plan_id
where e.portal_id = $1::bigint and e.kind = 'plan'
order by e.sequence
