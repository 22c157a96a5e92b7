-- The chain: one gap-free sequence of events per portal, each sealed by a hash over itself and the
-- hash of the one before it. The program computes the hash, and what is written here checks it
-- again before an event is taken.
--
-- Nothing personal is in the chain. Personal values (who decided, reasons in free words) are in
-- audit_private with a salt, and the chain holds their digest: erasing value and salt leaves the
-- chain whole and the value beyond guessing.
--
-- The tables refer to no other table of the history: the record stands whatever becomes of the rest.

set local search_path = reconcile, pg_catalog;

create table audit_head (
    portal_id bigint primary key,
    sequence bigint not null,
    hash bytea not null check (length(hash) = 32),
    count bigint not null
);
comment on table audit_head is 'the end of each portal''s chain; changed only by the trigger of audit_event';
comment on column audit_head.portal_id is 'portal';
comment on column audit_head.sequence is 'of the last event; 0: there is none yet';
comment on column audit_head.hash is 'of the last event; zeros: there is none yet';
comment on column audit_head.count is 'events there are';

create table audit_event (
    portal_id bigint not null,
    sequence bigint not null,
    version bigint not null,
    at timestamptz not null,
    kind text not null,
    run_id bigint not null,
    plan_id bigint not null,
    position bigint not null,
    account_id text,
    word text,
    fact json,
    sealed bytea check (length(sealed) = 32),
    previous bytea not null check (length(previous) = 32),
    hash bytea not null check (length(hash) = 32),
    primary key (portal_id, sequence)
);
create index audit_event_account on audit_event (portal_id, account_id, sequence)
    where account_id is not null;
create index audit_event_kind on audit_event (portal_id, kind, sequence);
create index audit_event_plan on audit_event (portal_id, plan_id, sequence) where plan_id <> 0;
comment on table audit_event is 'what happened, append-only: every run, snapshot, roster, plan, guard finding, override, approval, intent, outcome, erasure, migration';
comment on column audit_event.portal_id is 'portal';
comment on column audit_event.sequence is 'from 1, without a gap';
comment on column audit_event.version is 'of the form that is hashed: 1';
comment on column audit_event.at is 'when it was recorded, by the clock of the database';
comment on column audit_event.kind is 'what happened';
comment on column audit_event.run_id is 'the run that did it; 0: none';
comment on column audit_event.plan_id is 'the plan it is about; 0: none';
comment on column audit_event.position is 'the row of the plan, or the number of the guard finding; 0: none';
comment on column audit_event.account_id is 'Bynder''s id of the account it is about; NULL: none';
comment on column audit_event.word is 'how it went: done, failed, hold, pass, suspend';
comment on column audit_event.fact is 'the rest, as the text that was hashed; nothing personal';
comment on column audit_event.sealed is 'SHA-256 of salt and value in audit_private; NULL: nothing personal';
comment on column audit_event.previous is 'hash of the event before; zeros: the first one';
comment on column audit_event.hash is 'SHA-256 of all the other columns';

create table audit_private (
    portal_id bigint not null,
    sequence bigint not null,
    salt bytea not null check (length(salt) = 16),
    value text not null,
    primary key (portal_id, sequence),
    foreign key (portal_id, sequence) references audit_event
);
comment on table audit_private is 'what is personal about an event; a row is deleted by an erasure, and never changed';
comment on column audit_private.portal_id is 'portal';
comment on column audit_private.sequence is 'of the event';
comment on column audit_private.salt is 'random: without it the digest in the event says nothing of the value';
comment on column audit_private.value is 'a JSON object: who, reason, message';

-- Fields carry their length, so no two lists of fields have the same bytes.
create function audit_field(value bytea) returns bytea
    language sql immutable parallel safe
    return coalesce(int8send(length(value)::bigint) || value, '\xffffffffffffffff'::bytea);
comment on function audit_field(bytea) is 'length and bytes, as the program hashes a field';

create function audit_hash(e audit_event) returns bytea
    language sql stable parallel safe
    return sha256(
        audit_field(int8send(e.version)) || audit_field(int8send(e.portal_id))
        || audit_field(int8send(e.sequence)) || audit_field(e.previous)
        || audit_field(int8send(us(e.at))) || audit_field(convert_to(e.kind, 'UTF8'))
        || audit_field(int8send(e.run_id)) || audit_field(int8send(e.plan_id))
        || audit_field(int8send(e.position)) || audit_field(convert_to(e.account_id, 'UTF8'))
        || audit_field(convert_to(e.word, 'UTF8')) || audit_field(convert_to(e.fact::text, 'UTF8'))
        || audit_field(e.sealed));
comment on function audit_hash(audit_event) is 'the hash an event should have';

-- As the owner: the job may add events and may not touch the head otherwise.
create function audit_hold(portal bigint, out sequence bigint, out hash bytea, out now_us bigint)
    language plpgsql security definer set search_path = pg_catalog, reconcile, pg_temp
as $$
begin
    select h.sequence, h.hash into sequence, hash from reconcile.audit_head h
    where h.portal_id = portal for update;
    if not found then
        insert into reconcile.audit_head (portal_id, sequence, hash, count)
        values (portal, 0, decode(repeat('00', 32), 'hex'), 0)
        on conflict (portal_id) do nothing;
        select h.sequence, h.hash into sequence, hash from reconcile.audit_head h
        where h.portal_id = portal for update;
    end if;
    now_us := reconcile.us(clock_timestamp());
end $$;
comment on function audit_hold(bigint) is 'the end of a chain, held until the transaction ends: whoever adds to it waits here';

create function audit_check() returns trigger
    language plpgsql security definer set search_path = pg_catalog, reconcile, pg_temp
as $$
declare
    head reconcile.audit_head;
begin
    select * into head from reconcile.audit_head h where h.portal_id = new.portal_id for update;
    if head.portal_id is null or new.sequence <> head.sequence + 1
        or new.previous <> head.hash or new.hash <> reconcile.audit_hash(new) then
        raise exception 'event % does not follow the end of the chain, or its hash is wrong',
            new.sequence using errcode = 'integrity_constraint_violation';
    end if;
    update reconcile.audit_head h
    set sequence = new.sequence, hash = new.hash, count = h.count + 1
    where h.portal_id = new.portal_id;
    return new;
end $$;

create function audit_deny() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception '% of % is not allowed: the record of what happened only grows',
        lower(tg_op), tg_table_name using errcode = 'insufficient_privilege';
end $$;

create trigger audit_check before insert on audit_event
    for each row execute function audit_check();
create trigger audit_deny before update or delete or truncate on audit_event
    for each statement execute function audit_deny();
create trigger audit_deny before update or truncate on audit_private
    for each statement execute function audit_deny();
create trigger audit_deny before delete or truncate on audit_head
    for each statement execute function audit_deny();
create trigger audit_deny_update before update on audit_head
    for each row when (pg_trigger_depth() = 0) execute function audit_deny();
create trigger audit_deny_insert before insert on audit_head
    for each row when (new.sequence <> 0) execute function audit_deny();

-- Not to be bypassed by session_replication_role.
alter table audit_event enable always trigger audit_check;
alter table audit_event enable always trigger audit_deny;
alter table audit_private enable always trigger audit_deny;
alter table audit_head enable always trigger audit_deny;
alter table audit_head enable always trigger audit_deny_update;
alter table audit_head enable always trigger audit_deny_insert;

-- What auditors see. The views are the interface; the tables behind them may change. A comment that
-- begins with (personal) marks what db/roles.sql gives to auditors only when it is granted.

create schema audit;
comment on schema audit is 'the history for people who ask: stable views, documented in docs/history.md';

create view audit.portal as
    select p.name as portal, p.portal_id, p.url, p.first_seen from portal p;
comment on view audit.portal is 'the portals of this history';
comment on column audit.portal.portal is 'portal.name of the configuration';
comment on column audit.portal.portal_id is 'its number: first 60 bits of the SHA-256 of the name';
comment on column audit.portal.url is 'where it is';
comment on column audit.portal.first_seen is 'when this history began';

create view audit.event as
    select o.name as portal, e.portal_id, e.sequence, e.version, e.at, e.kind, e.run_id, e.plan_id,
           e.position, e.account_id, e.word, e.fact, e.sealed, e.previous, e.hash
    from audit_event e left join portal o using (portal_id);
comment on view audit.event is 'the chain: what happened, one event after the other';
comment on column audit.event.portal is 'portal';
comment on column audit.event.portal_id is 'its number, as it is hashed';
comment on column audit.event.sequence is 'from 1, without a gap';
comment on column audit.event.version is 'of the form that is hashed';
comment on column audit.event.at is 'when it was recorded';
comment on column audit.event.kind is 'what happened: portal, migration, run_begin, run_end, snapshot, roster, plan, guard, override, approval, rejection, intent, outcome, erasure, retention';
comment on column audit.event.run_id is 'the run that did it; 0: none';
comment on column audit.event.plan_id is 'the plan it is about; 0: none';
comment on column audit.event.position is 'the row of the plan, or the number of the guard finding; 0: none';
comment on column audit.event.account_id is 'the account it is about; NULL: none';
comment on column audit.event.word is 'how it went: done, failed, hold, pass, suspend';
comment on column audit.event.fact is 'the rest, as JSON';
comment on column audit.event.sealed is 'SHA-256 of salt and value in audit.personal; NULL: nothing personal';
comment on column audit.event.previous is 'hash of the event before';
comment on column audit.event.hash is 'SHA-256 of all the other columns';

create view audit.personal as
    select o.name as portal, p.portal_id, p.sequence, p.salt, p.value
    from audit_private p left join portal o using (portal_id);
comment on view audit.personal is '(personal) what is personal about an event, as long as it was not erased';
comment on column audit.personal.portal is '(personal) portal';
comment on column audit.personal.portal_id is '(personal) its number';
comment on column audit.personal.sequence is '(personal) of the event';
comment on column audit.personal.salt is '(personal) what the digest in the event begins with';
comment on column audit.personal.value is '(personal) JSON: who, reason, message';

create view audit.head as
    select o.name as portal, h.portal_id, h.sequence, h.hash, h.count
    from audit_head h left join portal o using (portal_id);
comment on view audit.head is 'the end of each chain';
comment on column audit.head.portal is 'portal';
comment on column audit.head.portal_id is 'its number';
comment on column audit.head.sequence is 'of the last event';
comment on column audit.head.hash is 'of the last event';
comment on column audit.head.count is 'events there are';

create view audit.run as
    select o.name as portal, r.run_id, r.verb, r.today, r.started_at, r.finished_at, r.exit_code,
           r.message
    from run r join portal o using (portal_id);
comment on view audit.run is 'what the program was started for, and how it ended';
comment on column audit.run.portal is 'portal';
comment on column audit.run.run_id is 'ascending per portal';
comment on column audit.run.verb is 'plan, run or apply';
comment on column audit.run.today is 'the civil day it took for today';
comment on column audit.run.started_at is 'when';
comment on column audit.run.finished_at is 'NULL: running, or cut off';
comment on column audit.run.exit_code is 'exit status; NULL while finished_at is';
comment on column audit.run.message is '(personal) the error, in words';

create view audit.plan as
    select o.name as portal, p.plan_id, p.run_id, p.state, p.digest, p.created_at, p.expires_at,
           p.today, case when p.enforce then 'enforce' else 'report' end as mode, p.snapshot_id,
           p.roster_id, p.policy_digest, p.keep, p.suspend, p.deprovision, p.reactivate, p.waiting,
           p.findings, p.seats_now, p.seats_after
    from plan p join portal o using (portal_id);
comment on view audit.plan is 'every proposal';
comment on column audit.plan.portal is 'portal';
comment on column audit.plan.plan_id is 'ascending per portal';
comment on column audit.plan.run_id is 'the run that made it';
comment on column audit.plan.state is 'held, empty, proposed, approved, applying, applied, expired, rejected';
comment on column audit.plan.digest is 'SHA-256 of everything in it: what people approve';
comment on column audit.plan.created_at is 'when';
comment on column audit.plan.expires_at is 'end of the time in which it can be approved and applied';
comment on column audit.plan.today is 'the civil day it was made for';
comment on column audit.plan.mode is 'report: it could not be applied by run; enforce';
comment on column audit.plan.snapshot_id is 'the reading of the portal it was made from';
comment on column audit.plan.roster_id is 'the reading of the roster it was made from';
comment on column audit.plan.policy_digest is 'SHA-256 of the policy';
comment on column audit.plan.keep is 'accounts kept';
comment on column audit.plan.suspend is 'accounts proposed for suspension';
comment on column audit.plan.deprovision is 'accounts proposed for deprovisioning';
comment on column audit.plan.reactivate is 'accounts proposed for reactivation';
comment on column audit.plan.waiting is 'of suspend and deprovision: not before a later day';
comment on column audit.plan.findings is 'keeps that a person should look at';
comment on column audit.plan.seats_now is 'active accounts';
comment on column audit.plan.seats_after is 'active accounts when every row is done';

create view audit.plan_row as
    select o.name as portal, r.plan_id, r.position, r.action, r.finding, r.account_id, r.username,
           r.email, r.name, r.employee_number, r.rule, r.reason, r.decision_row, r.not_before,
           r.account, r.person, r.matched_by, r.last_login, r.last_login_source, r.idle_days,
           r.profile, r.roles, r.department, r.held_by
    from plan_row r join portal o using (portal_id);
comment on view audit.plan_row is 'every row of every plan: what was proposed for whom, and why';
comment on column audit.plan_row.portal is 'portal';
comment on column audit.plan_row.plan_id is 'plan';
comment on column audit.plan_row.position is 'from 1, in order of execution';
comment on column audit.plan_row.action is 'keep, suspend, deprovision, reactivate';
comment on column audit.plan_row.finding is 'a keep that a person should look at';
comment on column audit.plan_row.account_id is 'Bynder''s id';
comment on column audit.plan_row.username is '(personal) as it was then, likewise below';
comment on column audit.plan_row.email is '(personal) address';
comment on column audit.plan_row.name is '(personal) full name';
comment on column audit.plan_row.employee_number is '(personal) the person''s, else the account''s';
comment on column audit.plan_row.rule is 'name of the rule';
comment on column audit.plan_row.reason is '(personal) a sentence with the evidence';
comment on column audit.plan_row.decision_row is 'row of the decision table (docs/decisions.md)';
comment on column audit.plan_row.not_before is 'the act may not be done before that day';
comment on column audit.plan_row.account is 'status of the account';
comment on column audit.plan_row.person is 'status of the person';
comment on column audit.plan_row.matched_by is 'the key that matched';
comment on column audit.plan_row.last_login is 'newest known';
comment on column audit.plan_row.last_login_source is 'who said so';
comment on column audit.plan_row.idle_days is 'whole days since';
comment on column audit.plan_row.profile is 'permission profile';
comment on column audit.plan_row.roles is 'its roles';
comment on column audit.plan_row.department is 'account''s or person''s';
comment on column audit.plan_row.held_by is 'guard that holds the row';

create view audit.guard as
    select o.name as portal, g.plan_id, g.position, g.guard, g.hold, g.limit_text as limit_is,
           g.actual, g.sentence
    from plan_guard g join portal o using (portal_id);
comment on view audit.guard is 'what each brake found on each plan';
comment on column audit.guard.portal is 'portal';
comment on column audit.guard.plan_id is 'plan';
comment on column audit.guard.position is 'from 1';
comment on column audit.guard.guard is 'G1 to G13 (docs/decisions.md)';
comment on column audit.guard.hold is 'true: it holds what is in its scope';
comment on column audit.guard.limit_is is 'the limit';
comment on column audit.guard.actual is '(personal) what was found';
comment on column audit.guard.sentence is '(personal) both, for a reader';

create view audit.decision as
    select o.name as portal, a.plan_id, a.who, a.kind as decision, a.decided_at, a.digest,
           a.all_rows, a.reason
    from approval a join portal o using (portal_id);
comment on view audit.decision is 'who approved or rejected a plan';
comment on column audit.decision.portal is 'portal';
comment on column audit.decision.plan_id is 'plan';
comment on column audit.decision.who is '(personal) user of the operating system';
comment on column audit.decision.decision is 'approve or reject';
comment on column audit.decision.decided_at is 'when';
comment on column audit.decision.digest is 'of the plan that the person saw';
comment on column audit.decision.all_rows is 'every row, else those in audit.decision_row';
comment on column audit.decision.reason is '(personal) of a rejection';

create view audit.decision_row as
    select o.name as portal, r.plan_id, r.who, r.account_id
    from approval_row r join portal o using (portal_id);
comment on view audit.decision_row is 'the rows of approvals that are not of the whole plan';
comment on column audit.decision_row.portal is 'portal';
comment on column audit.decision_row.plan_id is 'plan';
comment on column audit.decision_row.who is '(personal) user of the operating system';
comment on column audit.decision_row.account_id is 'the approved account';

create view audit.override as
    select o.name as portal, g.plan_id, g.guard, g.who, g.reason, g.at
    from guard_override g join portal o using (portal_id);
comment on view audit.override is 'who let which plan pass which guard, and why';
comment on column audit.override.portal is 'portal';
comment on column audit.override.plan_id is 'plan';
comment on column audit.override.guard is 'G1 to G13';
comment on column audit.override.who is '(personal) user of the operating system';
comment on column audit.override.reason is '(personal) why';
comment on column audit.override.at is 'when';

create view audit.step as
    select o.name as portal, s.plan_id, s.position, s.account_id, s.action, s.state, s.reason,
           s.run_id, s.intent_at, s.outcome_at, s.verified_at, s.http_status
    from step s join portal o using (portal_id);
comment on view audit.step is 'what became of each row of a plan that wanted an act';
comment on column audit.step.portal is 'portal';
comment on column audit.step.plan_id is 'plan';
comment on column audit.step.position is 'row of the plan';
comment on column audit.step.account_id is 'Bynder''s id';
comment on column audit.step.action is 'what was to be done';
comment on column audit.step.state is 'planned, approved, intent, done, already, skipped, failed, unknown, verified';
comment on column audit.step.reason is '(personal) a sentence on the last change';
comment on column audit.step.run_id is 'the run that changed it last';
comment on column audit.step.intent_at is 'when the call was about to be made; NULL: never';
comment on column audit.step.outcome_at is 'when its outcome was recorded';
comment on column audit.step.verified_at is 'when a later reading agreed';
comment on column audit.step.http_status is 'of the answer';

create view audit.act as
    select o.name as portal, a.act_id, a.account_id, a.action, a.done_at, a.plan_id, a.rule,
           a.person_status
    from act a join portal o using (portal_id);
comment on view audit.act is 'what this program did in Bynder';
comment on column audit.act.portal is 'portal';
comment on column audit.act.act_id is 'ascending per portal';
comment on column audit.act.account_id is 'Bynder''s id';
comment on column audit.act.action is 'suspend, deprovision, reactivate';
comment on column audit.act.done_at is 'when';
comment on column audit.act.plan_id is 'the plan it carried out';
comment on column audit.act.rule is 'the rule of its row';
comment on column audit.act.person_status is 'what the person was: employed, departed, absent';
