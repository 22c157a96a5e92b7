-- Downgrades: an account is given another permission profile, and the former one back. Which one it was
-- and which one it got is kept with row, step and act, and when an account was first seen with another one
-- is a fact of its life.

set local search_path = reconcile, pg_catalog;

alter table plan
    add column approvals_downgrade integer not null default 1,
    add column downgrade bigint not null default 0,
    add column restore bigint not null default 0;
alter table plan
    alter column approvals_downgrade drop default,
    alter column downgrade drop default,
    alter column restore drop default;
comment on column plan.approvals_downgrade is 'people needed to approve downgrades; 1 in plans of before there were any';
comment on column plan.downgrade is 'accounts proposed for another permission profile';
comment on column plan.restore is 'accounts proposed to a person for their former permission profile';
comment on column plan.waiting is 'of what is proposed: not before a later day';
comment on column plan.version is 'of the form of its digest: 2 covers the subjects of its rows, 3 the profiles they give';

alter table plan_row
    drop constraint plan_row_action_check,
    add constraint plan_row_action_check
        check (action in ('keep', 'reactivate', 'restore', 'downgrade', 'suspend', 'deprovision')),
    add column from_profile text,
    add column from_profile_id text,
    add column to_profile text,
    add column to_profile_id text,
    add column gained_roles text,
    add check ((action in ('downgrade', 'restore')) = (from_profile_id is not null)),
    add check ((action in ('downgrade', 'restore')) = (to_profile_id is not null));
comment on column plan_row.from_profile is 'of a downgrade or restoration: name of the permission profile that goes, else its id';
comment on column plan_row.from_profile_id is 'likewise: its id';
comment on column plan_row.to_profile is 'likewise: name of the one that comes, else its id';
comment on column plan_row.to_profile_id is 'likewise: its id';
comment on column plan_row.gained_roles is 'likewise: roles of the one that comes and not of the other, sorted, with a space between; NULL: none';

alter table ruling
    drop constraint ruling_action_check,
    add constraint ruling_action_check
        check (action in ('suspend', 'deprovision', 'reactivate', 'downgrade', 'restore'));
comment on column ruling.action is 'approve, reject: what the row was to do; again: which act rule R8 lets go, or restore (R16); NULL: of before that was told, a suspension';
comment on column audit.ruling.action is 'approve, reject: what the row was to do; again: which act rule R8 lets go, or restore (R16); NULL: a suspension';

alter table step
    drop constraint step_action_check,
    add constraint step_action_check
        check (action in ('suspend', 'deprovision', 'reactivate', 'downgrade', 'restore')),
    add column from_profile text,
    add column to_profile text,
    add check ((action in ('downgrade', 'restore')) = (from_profile is not null)),
    add check ((action in ('downgrade', 'restore')) = (to_profile is not null));
comment on column step.from_profile is 'of a downgrade or restoration: id of the permission profile before';
comment on column step.to_profile is 'likewise: id of the one that is given';

alter table act
    drop constraint act_action_check,
    add constraint act_action_check
        check (action in ('suspend', 'deprovision', 'reactivate', 'downgrade', 'restore')),
    add column from_profile text,
    add column to_profile text,
    add column from_roles text,
    add check ((action in ('downgrade', 'restore')) = (from_profile is not null)),
    add check ((action in ('downgrade', 'restore')) = (to_profile is not null));
comment on column act.from_profile is 'of a downgrade or restoration: id of the permission profile before';
comment on column act.to_profile is 'likewise: id of the one that was given';
comment on column act.from_roles is 'likewise: roles of the one before, as they were then, with a space between';

alter table announcement
    add column action text
        check (action in ('suspend', 'deprovision', 'reactivate', 'downgrade', 'restore')),
    add column to_profile text,
    add check (action not in ('downgrade', 'restore') or to_profile is not null);
comment on column announcement.action is 'what it is of: the grace of one act is none of another; NULL: of before that was kept, a suspension or a deprovision';
comment on column announcement.to_profile is 'of a downgrade: id of the permission profile that is given';

create or replace view audit.announcement as
    select o.name as portal, n.portal_id, n.account_id, n.rule, n.plan_id, n.announced_on,
           n.login_at, n.mode, n.ended_on, n.announcement_id, n.position, n.announced_at,
           n.not_before, n.ended_reason, n.told, n.action, n.to_profile
    from announcement n join portal o on o.portal_id = n.portal_id;
comment on column audit.announcement.action is 'what it is of; NULL: a suspension or a deprovision';
comment on column audit.announcement.to_profile is 'of a downgrade: id of the permission profile that is given';

alter table account add column regraded_at timestamptz;
comment on column account.regraded_at is 'the first reading after our newest downgrade then that showed it with another permission profile than that gave (rules R8, R16); NULL: none did';

create or replace view audit.plan as
    select o.name as portal, p.plan_id, p.run_id, p.state, p.digest, p.created_at, p.expires_at,
           p.today, case when p.enforce then 'enforce' else 'report' end as mode, p.snapshot_id,
           p.roster_id, p.policy_digest, p.keep, p.suspend, p.deprovision, p.reactivate, p.waiting,
           p.findings, p.seats_now, p.seats_after, p.redacted_at, p.approvals_suspend,
           p.approvals_deprovision, p.approvals_downgrade, p.downgrade, p.restore
    from plan p join portal o using (portal_id);
comment on column audit.plan.approvals_downgrade is 'different people a downgrade of it needs';
comment on column audit.plan.downgrade is 'accounts proposed for another permission profile';
comment on column audit.plan.restore is 'accounts proposed for their former permission profile';
comment on column audit.plan.waiting is 'of what is proposed: not before a later day';

create or replace view audit.plan_row as
    select o.name as portal, r.plan_id, r.position, r.action, r.finding, r.account_id, r.username,
           r.email, r.name, r.employee_number, r.rule, r.reason, r.decision_row, r.not_before,
           r.account, r.person, r.matched_by, r.last_login, r.last_login_source, r.idle_days,
           r.profile, r.roles, r.department, r.held_by, r.portal_id, r.subject, r.approvals,
           r.used_after_departure, r.matched_number, r.matched_name, r.matched_email, r.matched_row,
           r.telling, r.from_profile, r.from_profile_id, r.to_profile, r.to_profile_id,
           r.gained_roles
    from plan_row r join portal o on o.portal_id = r.portal_id;
comment on column audit.plan_row.action is 'keep, reactivate, restore, downgrade, suspend, deprovision';
comment on column audit.plan_row.from_profile is 'of a downgrade or restoration: the permission profile that goes';
comment on column audit.plan_row.from_profile_id is 'likewise: its id';
comment on column audit.plan_row.to_profile is 'likewise: the one that comes';
comment on column audit.plan_row.to_profile_id is 'likewise: its id';
comment on column audit.plan_row.gained_roles is 'likewise: roles of the one that comes and not of the other';

create or replace view audit.step as
    select o.name as portal, s.plan_id, s.position, s.account_id, s.action, s.state, s.reason,
           s.run_id, s.intent_at, s.outcome_at, s.verified_at, s.http_status, s.portal_id, s.spread,
           s.accepted_at, s.from_profile, s.to_profile
    from step s join portal o on o.portal_id = s.portal_id;
comment on column audit.step.from_profile is 'of a downgrade or restoration: id of the permission profile before';
comment on column audit.step.to_profile is 'likewise: id of the one that is given';

create or replace view audit.act as
    select o.name as portal, a.act_id, a.account_id, a.action, a.done_at, a.plan_id, a.rule,
           a.person_status, a.portal_id, a.uncounted, a.from_profile, a.to_profile, a.from_roles
    from act a join portal o on o.portal_id = a.portal_id;
comment on column audit.act.action is 'suspend, deprovision, reactivate, downgrade, restore';
comment on column audit.act.from_profile is 'of a downgrade or restoration: id of the permission profile before';
comment on column audit.act.to_profile is 'likewise: id of the one that was given';
comment on column audit.act.from_roles is 'likewise: roles of the one before, as they were then';
