-- The journal of acts: what people decided about a plan, and what became of each of its rows.
--
-- A step is the only way from an approved row to a call: its intent is committed before the call,
-- its outcome after it, and what was cut off in between is found here by the next run.

set local search_path = reconcile, pg_catalog;

create table approval (
    portal_id bigint not null,
    plan_id bigint not null,
    who text not null,
    kind text not null check (kind in ('approve', 'reject')),
    decided_at timestamptz not null,
    digest bytea not null check (length(digest) = 32),
    all_rows boolean not null,
    reason text,
    primary key (portal_id, plan_id, who, kind),
    foreign key (portal_id, plan_id) references plan,
    check (kind = 'approve' or reason is not null)
);
comment on table approval is 'what a person decided about a plan; deciding again replaces it';
comment on column approval.portal_id is 'portal';
comment on column approval.plan_id is 'plan';
comment on column approval.who is 'user of the operating system';
comment on column approval.kind is 'approve or reject';
comment on column approval.decided_at is 'when';
comment on column approval.digest is 'digest of the plan the person saw; approves nothing else';
comment on column approval.all_rows is 'every row of the plan, else those in approval_row';
comment on column approval.reason is 'of a rejection';

create table approval_row (
    portal_id bigint not null,
    plan_id bigint not null,
    who text not null,
    kind text not null default 'approve' check (kind = 'approve'),
    account_id text not null,
    primary key (portal_id, plan_id, who, account_id),
    foreign key (portal_id, plan_id, who, kind) references approval on delete cascade
);
comment on table approval_row is 'the rows of a partial approval';
comment on column approval_row.portal_id is 'portal';
comment on column approval_row.plan_id is 'plan';
comment on column approval_row.who is 'user of the operating system';
comment on column approval_row.kind is 'always approve: leads to the approval';
comment on column approval_row.account_id is 'Bynder''s id of the approved row';

create table guard_override (
    portal_id bigint not null,
    plan_id bigint not null,
    guard text not null,
    who text not null,
    reason text not null check (reason <> ''),
    at timestamptz not null,
    primary key (portal_id, plan_id, guard),
    foreign key (portal_id, plan_id) references plan
);
comment on table guard_override is 'a person let one plan pass one guard; the first one counts';
comment on column guard_override.portal_id is 'portal';
comment on column guard_override.plan_id is 'the plan, and no other';
comment on column guard_override.guard is 'G1 to G13';
comment on column guard_override.who is 'user of the operating system';
comment on column guard_override.reason is 'why';
comment on column guard_override.at is 'when';

create table step (
    portal_id bigint not null,
    plan_id bigint not null,
    position bigint not null,
    account_id text not null,
    action text not null check (action in ('suspend', 'deprovision', 'reactivate')),
    state text not null check (state in ('planned', 'approved', 'intent', 'done', 'already',
                                         'skipped', 'failed', 'unknown', 'verified')),
    reason text,
    run_id bigint,
    intent_at timestamptz,
    outcome_at timestamptz,
    verified_at timestamptz,
    http_status integer,
    record json,
    person_status text,
    primary key (portal_id, plan_id, position),
    unique (portal_id, plan_id, account_id, action),
    foreign key (portal_id, plan_id, position) references plan_row,
    foreign key (portal_id, account_id) references account,
    foreign key (portal_id, run_id) references run,
    check ((state in ('planned', 'approved', 'already', 'skipped')) = (intent_at is null)),
    check ((state in ('planned', 'approved', 'intent')) = (outcome_at is null)),
    check ((state = 'verified') = (verified_at is not null)),
    check (intent_at is null or run_id is not null),
    check (action <> 'deprovision' or intent_at is null or record is not null)
);
create index step_open on step (portal_id, intent_at) where state in ('intent', 'unknown');
create index step_unverified on step (portal_id, outcome_at) where state = 'done';
create index step_counted on step (portal_id, plan_id, action)
    where state in ('intent', 'unknown', 'done', 'verified');
comment on table step is 'one row of a plan on its way from planned to verified';
comment on column step.portal_id is 'portal';
comment on column step.plan_id is 'plan';
comment on column step.position is 'of the row in the plan';
comment on column step.account_id is 'Bynder''s id';
comment on column step.action is 'what is to be done';
comment on column step.state is 'intent: committed before the call, it may have happened; unknown: nobody can tell yet';
comment on column step.reason is 'a sentence on the last change';
comment on column step.run_id is 'the run that changed it last; NULL: none did';
comment on column step.intent_at is 'when the intent was committed; NULL: never called';
comment on column step.outcome_at is 'when its outcome was recorded';
comment on column step.verified_at is 'when a later reading agreed';
comment on column step.http_status is 'of the answer to the call; NULL: none';
comment on column step.record is 'the account as Bynder gave it right before the call';
comment on column step.person_status is 'the person fact of the plan''s row';

-- One act for a row of a plan, whatever is recorded how often.
create unique index act_once on act (portal_id, plan_id, account_id, action);
