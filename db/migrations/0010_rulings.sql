-- Decisions that last: what people decide is about a row, not about a night.
--
-- A ruling is a record of its own. It names the subject it is about, and every later plan carries it
-- until something ends it: the row becomes another one, the account is kept for certain, the act is
-- done, a person decides anew, or its time is over. The approvals of whole plans that were there
-- before lived for 72 hours; they stay as history (approval, approval_row, guard_override), and
-- nothing is done on them any more.

set local search_path = reconcile, pg_catalog;

alter table portal
    add column last_ruling_id bigint not null default 0,
    add column last_acknowledgement_id bigint not null default 0;
comment on column portal.last_ruling_id is 'last number given to a ruling';
comment on column portal.last_acknowledgement_id is 'last number given to an acknowledgement';

create table ruling (
    portal_id bigint not null references portal,
    ruling_id bigint not null,
    kind text not null check (kind in ('approve', 'keep', 'reject', 'again')),
    account_id text not null,
    who text not null,
    at timestamptz not null,
    plan_id bigint,
    position bigint,
    subject bytea check (length(subject) = 32),
    about json,
    action text check (action in ('suspend', 'deprovision', 'reactivate')),
    rule text,
    rule_text bytea check (length(rule_text) = 32),
    address text,
    asks_login boolean not null default false,
    snapshot_at timestamptz,
    not_before date,
    until date,
    reason text,
    person_departed boolean not null default false,
    also_departed boolean not null default false,
    spread boolean not null default false,
    nightly integer check (nightly > 0),
    expected_on date,
    at_once boolean not null default false,
    overrides text[] not null default '{}',
    could_act_at timestamptz,
    ended_at timestamptz,
    end_word text check (end_word in ('done', 'refused', 'changed', 'kept', 'login', 'newer',
                                      'withdrawn', 'expired')),
    end_reason text,
    ended_by text,
    primary key (portal_id, ruling_id),
    foreign key (portal_id, account_id) references account,
    foreign key (portal_id, plan_id, position) references plan_row,
    check ((ended_at is null) = (end_word is null)),
    check (kind = 'approve' or reason is not null),
    check (kind not in ('approve', 'reject') or (action is not null and rule is not null)),
    check (kind <> 'approve' or (plan_id is not null and subject is not null
                                 and snapshot_at is not null and rule_text is not null)),
    check (kind = 'approve' or until is not null)
);
create index ruling_standing on ruling (portal_id, account_id) where ended_at is null;
create index ruling_rejected on ruling (portal_id, account_id) where kind = 'reject';
create index ruling_of_rule on ruling (portal_id, rule_text) where kind = 'approve';
comment on table ruling is 'what a person decided about a row of a plan, or about an account; stands until ended_at';
comment on column ruling.portal_id is 'portal';
comment on column ruling.ruling_id is 'ascending per portal';
comment on column ruling.kind is 'approve: may be done; keep: kept until a day; reject: this row is not done until a day; again: the rules apply again (R8)';
comment on column ruling.account_id is 'Bynder''s id';
comment on column ruling.who is 'user of the operating system';
comment on column ruling.at is 'when';
comment on column ruling.plan_id is 'the plan the person saw; NULL: decided by name';
comment on column ruling.position is 'its row';
comment on column ruling.subject is 'approve: SHA-256 of what the row was about; counts for no other';
comment on column ruling.about is 'the same in words; NULL: erased';
comment on column ruling.action is 'approve, reject: what the row was to do';
comment on column ruling.rule is 'likewise: name of the rule; empty: a re-hire';
comment on column ruling.rule_text is 'likewise: SHA-256 of what the rule asks and does';
comment on column ruling.address is 'approve: address of the portal then (guard G11)';
comment on column ruling.asks_login is 'the rule looks at the last login: one after snapshot_at ends it';
comment on column ruling.snapshot_at is 'approve: when the reading of that plan was taken';
comment on column ruling.not_before is 'approve: the day the act was due, as it stood then; NULL: at once';
comment on column ruling.until is 'keep, reject, again: up to and including that day';
comment on column ruling.reason is 'why';
comment on column ruling.person_departed is 'keep: made while the person was departed';
comment on column ruling.also_departed is 'keep: covers a departure that comes later';
comment on column ruling.spread is 'approve: done when a day has room left';
comment on column ruling.nightly is 'of a spread one: at most so many a night; NULL: the limit alone';
comment on column ruling.expected_on is 'of a spread one: the night that was printed';
comment on column ruling.at_once is 'approve: a reactivation before the 180 days are over';
comment on column ruling.overrides is 'approve: guards of amount that neither count nor hold it';
comment on column ruling.could_act_at is 'approve: the first night that could have done it; its time counts from here';
comment on column ruling.ended_at is 'NULL: it stands';
comment on column ruling.end_word is 'done, refused, changed, kept, login, newer, withdrawn, expired';
comment on column ruling.end_reason is 'a sentence';
comment on column ruling.ended_by is 'the person who ended it; NULL: a run';

-- A guard of evidence that a person let go (G1 to G6, G13 to G15, policy). It lasts.
create table acknowledgement (
    portal_id bigint not null references portal,
    acknowledgement_id bigint not null,
    guard text not null,
    plan_id bigint not null,
    who text not null,
    at timestamptz not null,
    reason text not null check (reason <> ''),
    cause text not null,
    measure double precision,
    ended_at timestamptz,
    end_reason text,
    primary key (portal_id, acknowledgement_id),
    foreign key (portal_id, plan_id) references plan,
    check ((ended_at is null) = (end_reason is null))
);
create unique index acknowledgement_standing on acknowledgement (portal_id, guard)
    where ended_at is null;
comment on table acknowledgement is 'a person let a guard of evidence go; ends when the guard passes, finds worse, or after 7 days';
comment on column acknowledgement.portal_id is 'portal';
comment on column acknowledgement.acknowledgement_id is 'ascending per portal';
comment on column acknowledgement.guard is 'G1 to G6, G13 and so on';
comment on column acknowledgement.plan_id is 'the plan that it held';
comment on column acknowledgement.who is 'user of the operating system';
comment on column acknowledgement.at is 'when';
comment on column acknowledgement.reason is 'why';
comment on column acknowledgement.cause is 'what was accepted: the content of a roster, or what the guard found';
comment on column acknowledgement.measure is 'how bad it was; worse than this holds again; NULL: cannot be compared';
comment on column acknowledgement.ended_at is 'NULL: it stands';
comment on column acknowledgement.end_reason is 'a sentence';

-- An announcement is a fact with its own instant and day (R7).
alter table announcement
    add column announced_at timestamptz,
    add column not_before date,
    add column ended_reason text,
    alter column plan_id drop not null;
update announcement set announced_at = announced_on::timestamp at time zone 'UTC';
alter table announcement alter column announced_at set not null;
comment on column announcement.announced_at is 'when; a login after it starts anew where the rule asks the login';
comment on column announcement.not_before is 'the day told; a later grace_days never shortens it; NULL: announced before days were kept';
comment on column announcement.ended_reason is 'why it ended; NULL: not told, or it stands';

alter table plan add column version integer not null default 1;
comment on column plan.version is 'of the form of its digest: 2 covers the subjects of its rows';
alter table plan alter column version drop default;
alter table plan_row
    add column subject bytea check (length(subject) = 32),
    add column matched_number text,
    add column matched_name text,
    add column matched_email text,
    add column matched_row integer,
    add column used_after_departure boolean not null default false,
    add column approvals integer;
comment on column plan_row.subject is 'SHA-256 of what a decision about this row is about; NULL: a plan of before';
comment on column plan_row.matched_number is 'of the matched person, as the roster has it; likewise below';
comment on column plan_row.matched_name is 'full name';
comment on column plan_row.matched_email is 'address';
comment on column plan_row.matched_row is 'row of the roster';
comment on column plan_row.used_after_departure is 'somebody used the account after the person''s last day';
comment on column plan_row.approvals is 'people this row needs; NULL: as the plan says of its action';
alter table plan_row alter column used_after_departure drop default;

-- Which ruling a step was carried out on.
alter table step add column spread boolean not null default false;
comment on column step.spread is 'its approval was spread or overrode its limit: it does not count in the window';
alter table act add column uncounted boolean not null default false;
comment on column act.uncounted is 'spread or overridden: does not count in the rolling window';

create view audit.ruling as
    select o.name as portal, r.ruling_id, r.kind as decision, r.account_id, r.who, r.at, r.plan_id,
           r.position, r.subject, r.action, r.rule, r.not_before, r.until, r.reason, r.spread,
           r.expected_on, r.overrides, r.could_act_at, r.ended_at, r.end_word, r.end_reason,
           r.ended_by
    from ruling r join portal o using (portal_id);
comment on view audit.ruling is 'what people decided about rows and accounts, and what became of each decision';
comment on column audit.ruling.portal is 'portal';
comment on column audit.ruling.ruling_id is 'ascending per portal';
comment on column audit.ruling.decision is 'approve, keep, reject, again';
comment on column audit.ruling.account_id is 'Bynder''s id';
comment on column audit.ruling.who is '(personal) user of the operating system';
comment on column audit.ruling.at is 'when';
comment on column audit.ruling.plan_id is 'the plan the person saw; NULL: decided by name';
comment on column audit.ruling.position is 'its row';
comment on column audit.ruling.subject is 'SHA-256 of what the row was about';
comment on column audit.ruling.action is 'what the row was to do';
comment on column audit.ruling.rule is 'name of the rule';
comment on column audit.ruling.not_before is 'the day the act was due, as it stood then';
comment on column audit.ruling.until is 'keep, reject, again: up to and including that day';
comment on column audit.ruling.reason is '(personal) why';
comment on column audit.ruling.spread is 'done when a day has room left';
comment on column audit.ruling.expected_on is 'the night that was printed';
comment on column audit.ruling.overrides is 'guards of amount that neither count nor hold it';
comment on column audit.ruling.could_act_at is 'the first night that could have done it';
comment on column audit.ruling.ended_at is 'NULL: it stands';
comment on column audit.ruling.end_word is 'done, refused, changed, kept, login, newer, withdrawn, expired';
comment on column audit.ruling.end_reason is '(personal) a sentence';
comment on column audit.ruling.ended_by is '(personal) the person who ended it; NULL: a run';

create view audit.acknowledgement as
    select o.name as portal, a.acknowledgement_id, a.guard, a.plan_id, a.who, a.at, a.reason,
           a.cause, a.measure, a.ended_at, a.end_reason
    from acknowledgement a join portal o using (portal_id);
comment on view audit.acknowledgement is 'who let which guard of evidence go, and until when';
comment on column audit.acknowledgement.portal is 'portal';
comment on column audit.acknowledgement.acknowledgement_id is 'ascending per portal';
comment on column audit.acknowledgement.guard is 'the guard';
comment on column audit.acknowledgement.plan_id is 'the plan that it held';
comment on column audit.acknowledgement.who is '(personal) user of the operating system';
comment on column audit.acknowledgement.at is 'when';
comment on column audit.acknowledgement.reason is '(personal) why';
comment on column audit.acknowledgement.cause is '(personal) what was accepted';
comment on column audit.acknowledgement.measure is 'how bad it was';
comment on column audit.acknowledgement.ended_at is 'NULL: it stands';
comment on column audit.acknowledgement.end_reason is '(personal) a sentence';
