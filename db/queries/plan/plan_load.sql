-- The row of one plan, or of the newest when no number is given.
select p.portal_id, p.plan_id, p.run_id, coalesce(p.portal_name, o.name) as portal, p.state,
       encode(p.digest, 'hex') as digest, checked_us(p.created_at) as created_at,
       checked_us(p.expires_at) as expires_at, p.today::text as today, p.time_zone, p.first_plan,
       p.approvals_suspend, p.approvals_deprovision, p.approvals_downgrade, p.downgrade, p.restore,
       p.snapshot_id,
       checked_us(p.snapshot_taken_at) as snapshot_taken_at, p.snapshot_complete,
       p.snapshot_incomplete_reason, encode(p.snapshot_digest, 'hex') as snapshot_digest,
       p.accounts, p.active, p.inactive, p.gone, p.unreadable, p.requests, p.roster_id,
       p.roster_source, encode(p.roster_digest, 'hex') as roster_digest,
       encode(p.roster_content, 'hex') as roster_content, checked_us(p.roster_read_at) as roster_read_at,
       p.people, p.rejected, p.duplicates, encode(p.policy_digest, 'hex') as policy_digest,
       encode(p.policy_text, 'hex') as policy_text,
       p.enforce, p.keep, p.suspend, p.deprovision, p.reactivate, p.waiting, p.findings,
       p.seats_now, p.seats_after, p.idle_never, p.idle_unknown, p.rows, p.version,
       (select e.sequence || ':' || encode(e.hash, 'hex') from audit_event e
        where e.portal_id = $1::bigint and e.plan_id = p.plan_id and e.run_id = p.run_id
          and e.kind in ('plan', 'guard')
        order by e.sequence desc limit 1) as audit_head,
       p.redacted_at is not null as redacted
from plan p
join portal o on o.portal_id = $1::bigint
where p.portal_id = $1::bigint and p.plan_id = coalesce(
    nullif($2::bigint, 0), (select max(plan_id) from plan where portal_id = $1::bigint))
