-- The history: what the portal and HR said, as versions, and what was planned.
--
-- Every primary and foreign key leads with portal_id, and numbers come from counters in the
-- portal's row, so that the tables can be spread over machines by that column. The portal's own
-- number is made from its name: no sequence and no unique name is needed to agree on it.
--
-- A version holds from the snapshot (or roster) valid_from up to, not including, valid_to; NULL is
-- open: it still holds. What did not change costs no row.

create schema if not exists reconcile;
set local search_path = reconcile, pg_catalog;

create function us(moment timestamptz) returns bigint
    language sql stable parallel safe
    return (extract(epoch from moment) * 1000000)::bigint;
comment on function us(timestamptz) is
    'microseconds since 1970-01-01 UTC, exact: how the program reads a time';

create table portal (
    portal_id bigint primary key,
    name text not null,
    url text not null,
    first_seen timestamptz not null default now(),
    last_run_id bigint not null default 0,
    last_snapshot_id bigint not null default 0,
    last_roster_id bigint not null default 0,
    last_plan_id bigint not null default 0,
    last_act_id bigint not null default 0
);
comment on table portal is 'one Bynder portal, with the counters its numbers come from';
comment on column portal.portal_id is 'first 60 bits of the SHA-256 of the name';
comment on column portal.name is 'portal.name of the configuration';
comment on column portal.url is 'portal.url of the configuration, as of the last run';
comment on column portal.first_seen is 'when this history began';
comment on column portal.last_run_id is 'last number given; a run with a smaller one may not write any more';
comment on column portal.last_snapshot_id is 'last number given';
comment on column portal.last_roster_id is 'last number given';
comment on column portal.last_plan_id is 'last number given';
comment on column portal.last_act_id is 'last number given';

create table run (
    portal_id bigint not null references portal,
    run_id bigint not null,
    verb text not null,
    today date not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    exit_code integer,
    message text,
    host text,
    pid bigint,
    primary key (portal_id, run_id)
);
comment on table run is 'one run of a verb that collects or writes';
comment on column run.portal_id is 'portal';
comment on column run.run_id is 'ascending per portal';
comment on column run.verb is 'word of the command line';
comment on column run.today is 'the civil day of the run in the configured zone (guard G13)';
comment on column run.started_at is 'by the clock of the job''s machine';
comment on column run.finished_at is 'NULL: running, or cut off';
comment on column run.exit_code is 'exit status of the program; NULL while finished_at is';
comment on column run.message is 'the error or the result, one sentence';
comment on column run.host is 'machine the job ran on';
comment on column run.pid is 'process number there';

create table snapshot (
    portal_id bigint not null references portal,
    snapshot_id bigint not null,
    run_id bigint not null,
    taken_at timestamptz not null,
    complete boolean not null,
    incomplete_reason text,
    accounts bigint not null,
    active bigint not null,
    inactive bigint not null,
    unreadable bigint not null,
    gone bigint not null,
    nameless bigint not null,
    requests bigint not null,
    logins_read bigint not null,
    own_id text,
    digest bytea not null check (length(digest) = 32),
    matched_percent double precision,
    primary key (portal_id, snapshot_id),
    foreign key (portal_id, run_id) references run
);
comment on table snapshot is 'one reading of all accounts of the portal; what it said is in the versions';
comment on column snapshot.portal_id is 'portal';
comment on column snapshot.snapshot_id is 'ascending per portal';
comment on column snapshot.run_id is 'the run that read it';
comment on column snapshot.taken_at is 'start of the reading';
comment on column snapshot.complete is 'false: some accounts may be missing, and nobody is judged gone by it';
comment on column snapshot.incomplete_reason is 'first reason, NULL when complete';
comment on column snapshot.accounts is 'accounts read, gone ones not counted';
comment on column snapshot.active is 'of those, with a seat';
comment on column snapshot.inactive is 'of those, suspended or pending';
comment on column snapshot.unreadable is 'of those, with a status that could not be read';
comment on column snapshot.gone is 'accounts of the one before that this complete one does not have';
comment on column snapshot.nameless is 'accounts without a readable id: counted, not kept';
comment on column snapshot.requests is 'HTTP requests it took';
comment on column snapshot.logins_read is 'last logins read one by one';
comment on column snapshot.own_id is 'account the token acts as';
comment on column snapshot.digest is 'SHA-256 of the whole content (covered by the plan''s digest)';
comment on column snapshot.matched_percent is 'active accounts with a person, percent (guard G6); NULL before matching';

create table account (
    portal_id bigint not null references portal,
    account_id text not null,
    first_snapshot_id bigint not null,
    first_seen timestamptz not null,
    created timestamptz,
    ever_active boolean not null,
    primary key (portal_id, account_id)
);
comment on table account is 'every account ever seen; changes only when a fact about its whole life does';
comment on column account.portal_id is 'portal';
comment on column account.account_id is 'Bynder''s id';
comment on column account.first_snapshot_id is 'the snapshot that showed it first';
comment on column account.first_seen is 'when that was taken (rule R5)';
comment on column account.created is 'created date of Bynder''s own export; NULL: not told';
comment on column account.ever_active is 'seen with a seat at least once (rule R3)';

create table account_version (
    portal_id bigint not null,
    account_id text not null,
    valid_from bigint not null,
    valid_to bigint,
    status text not null check (status in ('active', 'inactive', 'unreadable', 'gone')),
    username text,
    email text,
    email2 text,
    name text,
    employee_number text,
    profile_id text,
    country text,
    department text,
    groups jsonb not null,
    groups_unreadable boolean not null,
    sso_only boolean not null,
    flaw text,
    digest bytea not null check (length(digest) = 32),
    primary key (portal_id, account_id, valid_from),
    foreign key (portal_id, account_id) references account,
    check (valid_to > valid_from)
);
create unique index account_version_open on account_version (portal_id, account_id)
    where valid_to is null;
comment on table account_version is 'what the portal said of an account, one row per change';
comment on column account_version.portal_id is 'portal';
comment on column account_version.account_id is 'Bynder''s id';
comment on column account_version.valid_from is 'first snapshot that said so';
comment on column account_version.valid_to is 'first snapshot that said otherwise; NULL: still so';
comment on column account_version.status is 'gone: missing from the complete snapshot valid_from, the rest is as last seen';
comment on column account_version.username is 'as Bynder gave it; NULL: none; likewise below';
comment on column account_version.email is 'first address';
comment on column account_version.email2 is 'second address';
comment on column account_version.name is 'full name';
comment on column account_version.employee_number is 'as entered in Bynder';
comment on column account_version.profile_id is 'permission profile (profile_version)';
comment on column account_version.country is 'as entered in Bynder';
comment on column account_version.department is 'from the single read; kept while that is not made again';
comment on column account_version.groups is 'array of {id, name}, by id';
comment on column account_version.groups_unreadable is 'Bynder sent something that is no list of groups';
comment on column account_version.sso_only is 'may log in through the identity provider only';
comment on column account_version.flaw is 'what could not be read; NULL: nothing';
comment on column account_version.digest is 'SHA-256 of the columns from status on: equal means unchanged';

create table login (
    portal_id bigint not null,
    account_id text not null,
    valid_from bigint not null,
    valid_to bigint,
    kind text not null check (kind in ('known', 'never', 'unreadable')),
    at timestamptz,
    raw text,
    source text not null check (source in ('read', 'events', 'export', 'nowhere')),
    seen_at timestamptz,
    confirmed_at timestamptz,
    primary key (portal_id, account_id, valid_from),
    foreign key (portal_id, account_id) references account,
    check ((kind = 'known') = (at is not null)),
    check (valid_to > valid_from)
) with (fillfactor = 85);
create unique index login_open on login (portal_id, account_id) where valid_to is null;
comment on table login is 'last logins, one row per change';
comment on column login.portal_id is 'portal';
comment on column login.account_id is 'Bynder''s id';
comment on column login.valid_from is 'first snapshot that knew it';
comment on column login.valid_to is 'first snapshot that knew another; NULL: the newest known';
comment on column login.kind is 'never: Bynder gave no value; unreadable: one that could not be read';
comment on column login.at is 'the last login; only of kind known';
comment on column login.raw is 'the text as it came; only of kind unreadable';
comment on column login.source is 'who said it first: single read, login events, Bynder''s export';
comment on column login.seen_at is 'when the source said so first';
comment on column login.confirmed_at is 'when a single read last said the same; NULL: none did';

create table profile_version (
    portal_id bigint not null references portal,
    profile_id text not null,
    valid_from bigint not null,
    valid_to bigint,
    name text,
    roles jsonb not null,
    digest bytea not null check (length(digest) = 32),
    primary key (portal_id, profile_id, valid_from),
    check (valid_to > valid_from)
);
create unique index profile_version_open on profile_version (portal_id, profile_id)
    where valid_to is null;
comment on table profile_version is 'permission profiles, one row per change';
comment on column profile_version.portal_id is 'portal';
comment on column profile_version.profile_id is 'Bynder''s id of the profile';
comment on column profile_version.valid_from is 'first snapshot that said so';
comment on column profile_version.valid_to is 'first snapshot that said otherwise; NULL: still so';
comment on column profile_version.name is 'as Bynder gave it';
comment on column profile_version.roles is 'array of role names, sorted';
comment on column profile_version.digest is 'SHA-256 of id, name and roles';

create table roster (
    portal_id bigint not null references portal,
    roster_id bigint not null,
    run_id bigint not null,
    source text,
    read_at timestamptz not null,
    modified_at timestamptz,
    digest bytea not null check (length(digest) = 32),
    rows bigint not null,
    people bigint not null,
    rejected bigint not null,
    blind bigint not null,
    duplicates bigint not null,
    good boolean not null,
    primary key (portal_id, roster_id),
    foreign key (portal_id, run_id) references run
);
comment on table roster is 'one reading of the roster HR sends; what it said is in person_version';
comment on column roster.portal_id is 'portal';
comment on column roster.roster_id is 'ascending per portal';
comment on column roster.run_id is 'the run that read it';
comment on column roster.source is 'roster.source of the configuration';
comment on column roster.read_at is 'when it was read';
comment on column roster.modified_at is 'of the file or the answer; NULL: not told';
comment on column roster.digest is 'SHA-256 of the bytes as they came (guard G1)';
comment on column roster.rows is 'rows, rejected ones included';
comment on column roster.people is 'rows that were accepted';
comment on column roster.rejected is 'rows that were not';
comment on column roster.blind is 'of the rejected, rows that may be anybody';
comment on column roster.duplicates is 'rows that share a key with another';
comment on column roster.good is 'passed the guards G1 to G3: only good ones prove that somebody is absent';

create table person_version (
    portal_id bigint not null references portal,
    person_key text not null,
    ordinal integer not null,
    valid_from bigint not null,
    valid_to bigint,
    employee_number text,
    email text,
    username text,
    name text,
    department text,
    country text,
    word text not null,
    hire_date date,
    last_day date,
    rejected text,
    key_unreadable boolean not null,
    digest bytea not null check (length(digest) = 32),
    primary key (portal_id, person_key, ordinal, valid_from),
    check (valid_to > valid_from)
);
create unique index person_version_open on person_version (portal_id, person_key, ordinal)
    where valid_to is null;
comment on table person_version is 'what the roster said of a person, one row per change';
comment on column person_version.portal_id is 'portal';
comment on column person_version.person_key is 'first of n: employee number, e: e-mail, u: username that there is, compared folded; ? when there is none';
comment on column person_version.ordinal is '1, or more for further rows with the same key';
comment on column person_version.valid_from is 'first roster that said so';
comment on column person_version.valid_to is 'first roster that said otherwise or left it out; NULL: still so';
comment on column person_version.employee_number is 'as HR wrote it; NULL: empty; likewise below';
comment on column person_version.email is 'address';
comment on column person_version.username is 'name at work, when mapped';
comment on column person_version.name is 'full name';
comment on column person_version.department is 'department';
comment on column person_version.country is 'country';
comment on column person_version.word is 'what the status column says: employed, on_leave, departed; unknown when none is mapped';
comment on column person_version.hire_date is 'first day';
comment on column person_version.last_day is 'last day of work';
comment on column person_version.rejected is 'why the row was refused; NULL: it was not';
comment on column person_version.key_unreadable is 'refused, and it may be anybody';
comment on column person_version.digest is 'SHA-256 of the columns from employee_number on';

create table roster_rejected (
    portal_id bigint not null references portal,
    row_number bigint not null,
    valid_from bigint not null,
    valid_to bigint,
    reason text not null,
    employee_number text,
    email text,
    username text,
    primary key (portal_id, row_number, valid_from),
    check (valid_to > valid_from)
);
create unique index roster_rejected_open on roster_rejected (portal_id, row_number)
    where valid_to is null;
comment on table roster_rejected is 'rejected rows by number, at most 1000 of a roster, one row per change';
comment on column roster_rejected.portal_id is 'portal';
comment on column roster_rejected.row_number is 'as a spreadsheet numbers it';
comment on column roster_rejected.valid_from is 'first roster in which the row was refused so';
comment on column roster_rejected.valid_to is 'first roster in which it was not; NULL: still so';
comment on column roster_rejected.reason is 'why';
comment on column roster_rejected.employee_number is 'as far as it could be read; likewise below';
comment on column roster_rejected.email is 'address';
comment on column roster_rejected.username is 'name at work';

create table link_version (
    portal_id bigint not null,
    account_id text not null,
    valid_from bigint not null,
    valid_to bigint,
    kind text not null check (kind in ('one', 'none', 'ambiguous', 'conflict')),
    matched_by text not null,
    person_key text,
    since timestamptz not null,
    primary key (portal_id, account_id, valid_from),
    foreign key (portal_id, account_id) references account,
    check (valid_to > valid_from),
    check ((kind = 'one') = (person_key is not null))
);
create unique index link_version_open on link_version (portal_id, account_id)
    where valid_to is null;
comment on table link_version is 'which person an account belonged to, one row per change';
comment on column link_version.portal_id is 'portal';
comment on column link_version.account_id is 'Bynder''s id';
comment on column link_version.valid_from is 'first snapshot matched so';
comment on column link_version.valid_to is 'first snapshot matched otherwise; NULL: still so';
comment on column link_version.kind is 'none: nobody in the roster (rule R6)';
comment on column link_version.matched_by is 'the key that matched';
comment on column link_version.person_key is 'person_version; only of kind one';
comment on column link_version.since is 'the time the first roster matched so speaks of (changed, or read)';

create table plan (
    portal_id bigint not null references portal,
    plan_id bigint not null,
    run_id bigint not null,
    state text not null check (state in ('held', 'empty', 'proposed', 'approved', 'applying',
                                         'applied', 'expired', 'rejected')),
    digest bytea not null check (length(digest) = 32),
    created_at timestamptz not null,
    expires_at timestamptz,
    today date not null,
    time_zone text,
    first_plan boolean not null,
    approvals_suspend integer not null,
    approvals_deprovision integer not null,
    snapshot_id bigint not null,
    snapshot_taken_at timestamptz,
    snapshot_complete boolean not null,
    snapshot_incomplete_reason text,
    snapshot_digest bytea not null,
    accounts bigint not null,
    active bigint not null,
    inactive bigint not null,
    gone bigint not null,
    unreadable bigint not null,
    requests bigint not null,
    roster_id bigint not null,
    roster_source text,
    roster_digest bytea not null,
    roster_read_at timestamptz,
    people bigint not null,
    rejected bigint not null,
    duplicates bigint not null,
    roster_content bytea not null,
    policy_digest bytea not null,
    enforce boolean not null,
    keep bigint not null,
    suspend bigint not null,
    deprovision bigint not null,
    reactivate bigint not null,
    waiting bigint not null,
    findings bigint not null,
    seats_now bigint not null,
    seats_after bigint not null,
    idle_never bigint not null,
    idle_unknown bigint not null,
    rows bigint not null,
    primary key (portal_id, plan_id),
    foreign key (portal_id, run_id) references run,
    foreign key (portal_id, snapshot_id) references snapshot,
    foreign key (portal_id, roster_id) references roster
);
comment on table plan is 'one finished proposal, as it was made; only state changes afterwards';
comment on column plan.portal_id is 'portal';
comment on column plan.plan_id is 'ascending per portal';
comment on column plan.run_id is 'the run that made it';
comment on column plan.state is 'expired: its time is over, or a newer plan took its place';
comment on column plan.digest is 'SHA-256 of inputs, policy and every row: what a person approves';
comment on column plan.created_at is 'when';
comment on column plan.expires_at is 'end of the time in which it can be approved and applied';
comment on column plan.today is 'the civil day it was made for';
comment on column plan.time_zone is 'the zone of that day';
comment on column plan.first_plan is 'the first plan of this portal (guard G11)';
comment on column plan.approvals_suspend is 'people needed to approve suspensions';
comment on column plan.approvals_deprovision is 'people needed to approve deprovisions';
comment on column plan.snapshot_id is 'snapshot it was made from';
comment on column plan.snapshot_taken_at is 'as in snapshot; likewise below';
comment on column plan.snapshot_complete is 'as in snapshot';
comment on column plan.snapshot_incomplete_reason is 'as in snapshot';
comment on column plan.snapshot_digest is 'as in snapshot';
comment on column plan.accounts is 'accounts, gone ones not counted';
comment on column plan.active is 'accounts with a seat';
comment on column plan.inactive is 'suspended or pending accounts';
comment on column plan.gone is 'accounts missing since the snapshot before';
comment on column plan.unreadable is 'accounts with a status that could not be read';
comment on column plan.requests is 'HTTP requests of the snapshot';
comment on column plan.roster_id is 'roster it was made from';
comment on column plan.roster_source is 'as in roster; likewise below';
comment on column plan.roster_digest is 'as in roster';
comment on column plan.roster_content is 'SHA-256 over the people in an order of their own: what the digest of the plan covers, so that the order of the rows does not matter';
comment on column plan.roster_read_at is 'as in roster';
comment on column plan.people is 'as in roster';
comment on column plan.rejected is 'as in roster';
comment on column plan.duplicates is 'as in roster';
comment on column plan.policy_digest is 'SHA-256 of everything in the policy that can change a decision';
comment on column plan.enforce is 'mode: true enforce, false report';
comment on column plan.keep is 'accounts that are kept, findings included';
comment on column plan.suspend is 'accounts proposed for suspension';
comment on column plan.deprovision is 'accounts proposed for deprovisioning';
comment on column plan.reactivate is 'accounts proposed to a person for reactivation';
comment on column plan.waiting is 'of suspend and deprovision: not before a later day';
comment on column plan.findings is 'keeps that a person should look at';
comment on column plan.seats_now is 'active accounts';
comment on column plan.seats_after is 'active accounts when every row is done';
comment on column plan.idle_never is 'active accounts that never logged in';
comment on column plan.idle_unknown is 'active accounts whose last login is not known';
comment on column plan.rows is 'rows in plan_row';

create table plan_row (
    portal_id bigint not null,
    plan_id bigint not null,
    position bigint not null,
    action text not null check (action in ('keep', 'reactivate', 'suspend', 'deprovision')),
    finding boolean not null,
    new_announcement boolean not null,
    account_id text,
    username text,
    email text,
    name text,
    rule text,
    reason text,
    decision_row text,
    not_before date,
    account text,
    person text,
    employee_number text,
    matched_by text,
    last_login timestamptz,
    last_login_source text,
    idle_days integer,
    profile text,
    roles text,
    department text,
    held_by text,
    uses_person boolean not null,
    uses_login boolean not null,
    primary key (portal_id, plan_id, position),
    foreign key (portal_id, plan_id) references plan
);
create index plan_row_account on plan_row (portal_id, account_id, plan_id);
comment on table plan_row is 'one account in a plan: everything but plain keeps';
comment on column plan_row.portal_id is 'portal';
comment on column plan_row.plan_id is 'plan';
comment on column plan_row.position is 'from 1, in order of execution, findings last';
comment on column plan_row.action is 'what is proposed';
comment on column plan_row.finding is 'a keep that a person should look at';
comment on column plan_row.new_announcement is 'this plan announces the act (rule R7)';
comment on column plan_row.account_id is 'Bynder''s id; what follows is as it was then';
comment on column plan_row.username is 'account''s';
comment on column plan_row.email is 'account''s';
comment on column plan_row.name is 'account''s, else the person''s';
comment on column plan_row.rule is 'name of the rule that hit';
comment on column plan_row.reason is 'a sentence with the evidence';
comment on column plan_row.decision_row is 'row of the decision table: P1, R7';
comment on column plan_row.not_before is 'the act may not be done before that day';
comment on column plan_row.account is 'status: active, inactive, gone, unreadable';
comment on column plan_row.person is 'status: employed, on_leave, future, departed, absent, ambiguous, unknown';
comment on column plan_row.employee_number is 'person''s, else the account''s';
comment on column plan_row.matched_by is 'the key that matched';
comment on column plan_row.last_login is 'newest known';
comment on column plan_row.last_login_source is 'who said so';
comment on column plan_row.idle_days is 'whole days since; NULL: not known';
comment on column plan_row.profile is 'name of the permission profile, else its id';
comment on column plan_row.roles is 'its roles, sorted, with a space between';
comment on column plan_row.department is 'account''s or person''s';
comment on column plan_row.held_by is 'guard that holds this row';
comment on column plan_row.uses_person is 'the rule looks at the person (guards G1, G2, G3, G6)';
comment on column plan_row.uses_login is 'the rule looks at the last login (guard G5)';

create table plan_guard (
    portal_id bigint not null,
    plan_id bigint not null,
    position integer not null,
    guard text not null,
    hold boolean not null,
    limit_text text,
    actual text,
    sentence text,
    primary key (portal_id, plan_id, position),
    foreign key (portal_id, plan_id) references plan
);
comment on table plan_guard is 'what the brakes found on a plan';
comment on column plan_guard.portal_id is 'portal';
comment on column plan_guard.plan_id is 'plan';
comment on column plan_guard.position is 'from 1';
comment on column plan_guard.guard is 'G1 to G13';
comment on column plan_guard.hold is 'true: it holds what is in its scope';
comment on column plan_guard.limit_text is 'the limit, with its unit';
comment on column plan_guard.actual is 'what was found, with its unit';
comment on column plan_guard.sentence is 'both, for a reader';

create table plan_note (
    portal_id bigint not null,
    plan_id bigint not null,
    position integer not null,
    sentence text not null,
    primary key (portal_id, plan_id, position),
    foreign key (portal_id, plan_id) references plan
);
comment on table plan_note is 'findings about the policy itself: expired protections';
comment on column plan_note.portal_id is 'portal';
comment on column plan_note.plan_id is 'plan';
comment on column plan_note.position is 'from 1';
comment on column plan_note.sentence is 'the finding';

create table plan_idle (
    portal_id bigint not null,
    plan_id bigint not null,
    position integer not null,
    accounts bigint not null,
    primary key (portal_id, plan_id, position),
    foreign key (portal_id, plan_id) references plan
);
comment on table plan_idle is 'how long active accounts are idle, for the chart';
comment on column plan_idle.portal_id is 'portal';
comment on column plan_idle.plan_id is 'plan';
comment on column plan_idle.position is 'from 1: bucket of 30 days, the last one open';
comment on column plan_idle.accounts is 'active accounts in it';

create table announcement (
    portal_id bigint not null,
    account_id text not null,
    rule text not null,
    plan_id bigint not null,
    announced_on date not null,
    login_at timestamptz,
    mode text not null check (mode in ('report', 'enforce')),
    ended_on date,
    primary key (portal_id, account_id, rule, plan_id),
    foreign key (portal_id, account_id) references account,
    foreign key (portal_id, plan_id) references plan
);
create unique index announcement_open on announcement (portal_id, account_id, rule)
    where ended_on is null;
comment on table announcement is 'a rule told the world that it would act (rule R7)';
comment on column announcement.portal_id is 'portal';
comment on column announcement.account_id is 'Bynder''s id';
comment on column announcement.rule is 'name of the rule';
comment on column announcement.plan_id is 'the plan that announced it';
comment on column announcement.announced_on is 'grace counts from this day';
comment on column announcement.login_at is 'newest login known then: a later one starts anew; NULL: none';
comment on column announcement.mode is 'mode of the policy then';
comment on column announcement.ended_on is 'the rule stopped proposing the account, or announced anew; NULL: open';

create table act (
    portal_id bigint not null,
    act_id bigint not null,
    account_id text not null,
    action text not null check (action in ('suspend', 'deprovision', 'reactivate')),
    done_at timestamptz not null,
    plan_id bigint,
    rule text,
    person_status text,
    primary key (portal_id, act_id),
    foreign key (portal_id, account_id) references account,
    foreign key (portal_id, plan_id) references plan
);
create index act_account on act (portal_id, account_id, done_at);
create index act_done on act (portal_id, done_at);
comment on table act is 'what this program did in Bynder, once it was seen done';
comment on column act.portal_id is 'portal';
comment on column act.act_id is 'ascending per portal';
comment on column act.account_id is 'Bynder''s id';
comment on column act.action is 'what was done';
comment on column act.done_at is 'when';
comment on column act.plan_id is 'the plan it carried out';
comment on column act.rule is 'the rule of its row';
comment on column act.person_status is 'the person fact it was done on: employed, departed, absent';

create table stop (
    portal_id bigint not null references portal,
    stop_id bigint not null,
    reason text not null,
    who text not null,
    since timestamptz not null default now(),
    primary key (portal_id, stop_id)
);
comment on table stop is 'a row here stops all writes to the portal (guard G12) until it is deleted';
comment on column stop.portal_id is 'portal';
comment on column stop.stop_id is 'any number that is free';
comment on column stop.reason is 'a sentence, shown in every plan';
comment on column stop.who is 'who stopped it';
comment on column stop.since is 'when';
